import {nearest} from '../nearest.ts'
import type {Sink} from '../sink/sink.ts'
import type {Tally} from './tally.ts'

/**
 * Notes for the user about the keys of drained records: keys that match no column, and fields of the mapping that never applied.
 * @param sinks one for each time the table was read, latest last; never empty
 */
export function keyNotes(sinks: Sink[], tally: Tally): string[] {
  const notes: string[] = []
  const sink = sinks[sinks.length - 1]
  const {table} = sink
  const names = Object.entries(tally.unknownKeys).sort(([, a], [, b]) => b - a)
  if (tally.unknownKeyCount > 0) {
    const listed = names.map(([name, n]) => `${keyWords(sink, name)} (${n})`).join(', ')
    const named = names.reduce((sum, [, n]) => sum + n, 0)
    const rest = tally.unknownKeyCount > named ? ` and ${tally.unknownKeyCount - named} more` : ''
    notes.push(
      `ignored record keys without a column in ${table.quoted}: ${listed}${rest}; --strict makes such records dead letters`,
    )
  }
  const unseen = sink.decoder.unseen.filter(({words}) =>
    sinks.every((one) => one.decoder.unseen.some((field) => field.words === words)),
  )
  if (unseen.length > 0 && tally.leases > 0) {
    notes.push(`no record has what these ask for: ${unseen.map(({words}) => words).join(', ')}`)
  }
  return notes
}

function keyWords({table}: Sink, name: string): string {
  const key = JSON.stringify(name)
  if (table.generated.includes(name)) return `${key}, a GENERATED ALWAYS column`
  const columns = table.columns.map((column) => column.name)
  // Of short names, almost every other one is near
  const near = nearest(name, columns, Math.min(2, name.length / 3))
  return near === undefined ? key : `${key}, like the column ${JSON.stringify(near)}`
}
