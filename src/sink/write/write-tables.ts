import type {ClientBase} from 'pg'
import {QtoolError} from '../../errors.ts'
import {
  countWritten,
  NOTHING_WRITTEN,
  OUTCOME_NAMES,
  OUTCOMES,
  type Written,
  writtenBy,
} from '../../record/outcomes.ts'
import type {UnknownKeys} from '../decode/unknown-keys.ts'
import type {LeaseParts, Part} from '../lease-parts.ts'
import {takeSteps} from '../routes/second-chances.ts'

/** What was written into one table. */
export interface TableResult extends Written {
  /** With its schema. */
  table: string
  unknown: UnknownKeys
}

/** How the records of a part are written, inside the transaction of their lease. */
export interface PartWriter {
  write(part: Part): Promise<Written>
  /** Writes records again that were refused. */
  again(part: Part, records: number[]): Promise<Written>
}

/** Writes the parts of a lease in their order. @returns what was written into each of `parts.sinks` */
export async function writeTables(
  client: ClientBase,
  parts: LeaseParts,
  {write, again}: PartWriter,
): Promise<TableResult[]> {
  const byPart = new Map<Part, Written>()
  const add = (part: Part, more: Written) =>
    byPart.set(part, sumOf([byPart.get(part) ?? NOTHING_WRITTEN, more]))
  await takeSteps(
    client,
    parts,
    async (part) => add(part, await write(part)),
    async (part, records) => add(part, await again(part, records)),
  )
  for (const [part, written] of byPart) assertConserved(part, written)
  return parts.sinks.map((sink) => {
    const own = parts.all.filter((part) => part.sink === sink)
    const written = sumOf(own.flatMap((part) => byPart.get(part) ?? []))
    // The first part has the unknown keys of all
    return {table: sink.name, ...written, unknown: own[0].lease.unknown}
  })
}

export function sumOf(all: readonly Written[]): Written {
  return writtenBy((outcome) => all.reduce((sum, written) => sum + written[outcome], 0))
}

/** Written and rejected records are all that were leased, or nothing is committed. */
function assertConserved({sink, lease}: Part, written: Written): void {
  const rejected = lease.rejections.length
  const total = countWritten(written) + rejected
  const explained = sink.table.target || written.alreadyThere === 0
  if (total === lease.count && explained) return
  const counts = OUTCOME_NAMES.map((outcome) => `${written[outcome]} ${OUTCOMES[outcome].replace('_', ' ')}`)
  throw new QtoolError(
    `expected ${lease.count} records to be accounted for in ${sink.table.quoted}, got ${counts.join(', ')} and ${rejected} rejected`,
    {code: 'NOT_CONSERVED', suggestions: ['nothing was committed; the items stay in their lease']},
  )
}
