import type {ClientBase} from 'pg'
import type {DecodedLease} from '../decode/decoded.ts'
import type {Sink} from '../sink.ts'
import {findRepeated, isInOrder} from './turns.ts'

/**
 * The plain records that have to be written together with others that are not, or that give other columns, because they
 * have the same key: only in one lane is their order kept. Needs a transaction.
 * @param others records that are not written as plain ones
 */
export async function keptApart(
  client: ClientBase,
  sink: Sink,
  lease: DecodedLease,
  others: ReadonlySet<number>,
): Promise<Set<number>> {
  if (!sink.upsert) return new Set()
  const isAlone = lease.groups.size < 2
  // The column that says which is newer keeps whole rows in order by itself, but not those that are gone
  const keepsOrder = sink.upsert.newestBy !== undefined && !sink.upsert.deletes
  if (isAlone && (others.size === 0 || keepsOrder)) return new Set()
  const plain = new Set([...lease.groups.values()].flatMap(({records}) => records))
  if (isInOrder(sink, lease)) return plain
  const groups = await findRepeated(client, sink, lease, lease.pending)
  if (!groups) return plain
  const isTogether = (members: number[]) =>
    members.every((record) => plain.has(record) && !others.has(record)) &&
    new Set(members.map((record) => lease.shapes[record])).size === 1
  const mixed = groups.filter((members) => !isTogether(members)).flat()
  return new Set(mixed.filter((record) => plain.has(record)))
}
