import {isMapping} from '../config/mapping/mapping.ts'
import {nearest} from '../nearest.ts'
import type {Sink} from '../sink/sink.ts'
import {ownSources} from './own-source.ts'
import type {Tally} from './tally.ts'

/**
 * Notes for the user about the keys of drained records: keys that match no column, and fields of the mapping that never applied.
 * @param sinks one for each time the table was read, latest last; never empty
 */
export function keyNotes(sinks: readonly Sink[], tally: Tally): string[] {
  const byTable = new Map<string, Sink[]>()
  for (const sink of sinks) byTable.set(sink.name, [...(byTable.get(sink.name) ?? []), sink])
  const unseen = new Set([...byTable.values()].flatMap(unseenWords))
  const asked = unseen.size > 0 && tally.leases > 0
  const notes = asked ? [`no record has what these ask for: ${[...unseen].join(', ')}`] : []
  return [
    ...unknownNote(
      [...byTable.values()].flatMap((of) => of.slice(-1)),
      tally,
    ),
    ...notes,
  ]
}

/** @param sinks each table as it was read last */
function unknownNote(sinks: readonly Sink[], {unknownKeys, unknownKeyCount}: Tally): string[] {
  if (unknownKeyCount === 0) return []
  const names = Object.entries(unknownKeys).sort(([, a], [, b]) => b - a)
  // Of several tables, the note does not know which one a key was for
  const words = (name: string) => (sinks.length === 1 ? keyWords(sinks[0], name) : JSON.stringify(name))
  const listed = names.map(([name, n]) => `${words(name)} (${n})`).join(', ')
  const named = names.reduce((sum, [, n]) => sum + n, 0)
  const rest = unknownKeyCount > named ? ` and ${unknownKeyCount - named} more` : ''
  const tables = sinks.map(({table}) => table.quoted).join(', ')
  const what = sinks.some(({options}) => isMapping(options))
    ? `ignored values that the mapping gives no column of ${tables}`
    : `ignored record keys without a column in ${tables}`
  return [`${what}: ${listed}${rest}; --strict makes such records dead letters`]
}

/** Fields of the mapping that no record for a table has given. @param sinks one for each time it was read */
function unseenWords(sinks: readonly Sink[]): string[] {
  const unseenBy = (sink: Sink) => sink.decoder.mapped.unseen().map(({words}) => words)
  return unseenBy(sinks[sinks.length - 1]).filter((words) =>
    sinks.every((one) => unseenBy(one).includes(words)),
  )
}

function keyWords(sink: Sink, name: string): string {
  const {table} = sink
  const key = JSON.stringify(name)
  const source = ownSources(sink).get(name)
  if (source !== undefined) return `${key}, whose column gets ${source}`
  if (table.generated.includes(name)) return `${key}, a GENERATED ALWAYS column`
  const columns = table.columns.map((column) => column.name)
  // Of short names, almost every other one is near
  const near = nearest(name, columns, Math.min(2, name.length / 3))
  return near === undefined ? key : `${key}, like the column ${JSON.stringify(near)}`
}
