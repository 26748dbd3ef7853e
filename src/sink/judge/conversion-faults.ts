import type {ClientBase} from 'pg'
import {attempt, type Outcome} from '../../postgres/savepoint.ts'
import type {DecodedLease} from '../decode/decoded.ts'
import type {Sink} from '../sink.ts'
import type {Recordset} from '../write/recordset.ts'
import {findByLooping} from './conversion-loop.ts'
import type {ValueFault} from './value-fault.ts'

type Refusal = NonNullable<Outcome<unknown>['error']>

/**
 * Finds the records with a value that one of these columns cannot take, for servers that cannot report that for a
 * whole set. The values are first converted all at once, without being written; if that fails, a loop on the server
 * finds the culprits. If the loop cannot run, the set is halved, column by column. Needs a transaction.
 * @param columns - indexes into the columns of the set
 * @returns at most one fault for each record: the one in the first of the columns
 */
export async function findByConverting(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
  columns: number[],
): Promise<ValueFault[]> {
  const convert = (which: number[], some: number[]) => tryToConvert(client, sink, set, lease, some, which)
  if (columns.length === 0 || records.length === 0) return []
  if (!(await convert(columns, records)).error) return []
  const looped = await findByLooping(client, sink, set, lease, records, columns)
  if (looped) return looped
  const found: ValueFault[] = []
  let rest = records
  for (const column of columns) {
    const culprits = await halve(rest, (some) => convert([column], some))
    for (const [record, error] of culprits) found.push({record, column, error})
    if (culprits.size > 0) rest = rest.filter((record) => !culprits.has(record))
  }
  return found
}

/** Whether the columns can take every value of these records. Needs a transaction. */
export async function converts(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<boolean> {
  if (records.length === 0) return true
  return !(await tryToConvert(client, sink, set, lease, records, [...set.columns.keys()])).error
}

function tryToConvert(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
  columns: number[],
): Promise<Outcome<unknown>> {
  return attempt(client, () =>
    client.query(set.conversion(columns), [sink.decoder.texts.array(lease, records)]),
  )
}

/** Every record that fails on its own, with Postgres's error. */
async function halve(
  records: number[],
  convert: (some: number[]) => Promise<Outcome<unknown>>,
): Promise<Map<number, Refusal>> {
  const found = new Map<number, Refusal>()
  const waiting = [records]
  for (let some = waiting.pop(); some !== undefined; some = waiting.pop()) {
    if (some.length === 0) continue
    const {error} = await convert(some)
    if (!error) continue
    if (some.length === 1) {
      found.set(some[0], error)
      continue
    }
    const middle = some.length >> 1
    waiting.push(some.slice(middle), some.slice(0, middle))
  }
  return found
}
