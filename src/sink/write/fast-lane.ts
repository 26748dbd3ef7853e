import type {ClientBase} from 'pg'
import {countWritten, NOTHING_WRITTEN, type Written, writtenBy} from '../../record/outcomes.ts'
import type {DecodedLease, RowGroup} from '../decode/decoded.ts'
import {type Evidence, writeCarefully} from '../judge/careful-lane.ts'
import {findOrphans, holdParents} from '../judge/foreign-keys.ts'
import type {Part} from '../lease-parts.ts'
import {withoutTriggers} from '../set-wise/silence.ts'
import type {Sink} from '../sink.ts'
import {keptApart} from '../upsert/apart.ts'
import type {Preparation} from './preparation.ts'

/** Writes plain rows. @param skip records not to write */
export type WriteRows = (
  client: ClientBase,
  sink: Sink,
  groups: readonly RowGroup[],
  skip: Set<number>,
) => Promise<Written>

/** Records that would be refused turned up in a transaction that was not prepared for any. */
export class UnpreparedError extends Error {}

/** Finds out what the transaction of plain rows has to be prepared for. */
export async function prepareFast(client: ClientBase, {sink, lease, parents}: Part): Promise<Preparation> {
  // Parents of the same lease are there only once they are written
  const isLate = sink.keys.way === 'set' || parents.some((parent) => parent.lease.count > 0)
  const orphans = isLate ? undefined : await findOrphans(client, sink.table, lease)
  const isRefusing = lease.suspects.length > 0 || lease.rejections.length > 0 || (orphans?.size ?? 0) > 0
  return {orphans, mayRefuse: isRefusing || sink.experience.metOrphans}
}

/**
 * Writes the plain rows of a part with `writeRows`, and the others carefully. Records whose parent seems to be missing are among
 * the others: the constraint judges each of them. Must run inside a transaction.
 * @throws UnpreparedError, or Postgres's error if it refuses a plain row
 */
export async function writeFast(
  client: ClientBase,
  {sink, lease}: Part,
  evidence: Evidence,
  {orphans: found, mayRefuse}: Preparation,
  writeRows: WriteRows,
): Promise<Written> {
  const {table, experience} = sink
  const find = sink.keys.way === 'set' ? holdParents : findOrphans
  const orphans = found ?? (await find(client, table, lease))
  experience.metOrphans = !found && orphans.size > 0
  if (!mayRefuse && orphans.size > 0) throw new UnpreparedError()
  const others = orphans.size === 0 ? lease.suspects : [...lease.suspects, ...orphans]
  const apart = await keptApart(client, sink, lease, new Set(others))
  const skip = apart.size === 0 ? orphans : new Set([...orphans, ...apart])
  const plain = await writePlain(client, sink, lease, (groups) => writeRows(client, sink, groups, skip))
  const careful = apart.size === 0 ? others : [...new Set([...others, ...apart])].sort((a, b) => a - b)
  const rowsPassed = countWritten(plain) > 0
  const rest = await writeCarefully(client, sink, lease, careful, {...evidence, rowsPassed})
  if (!mayRefuse && lease.rejections.length > 0) {
    // Of a record that looked plain, and was kept apart only for its key
    lease.rejections.length = 0
    throw new UnpreparedError()
  }
  return writtenBy((outcome) => plain[outcome] + rest[outcome])
}

async function writePlain(
  client: ClientBase,
  sink: Sink,
  {groups}: DecodedLease,
  write: (some: RowGroup[]) => Promise<Written>,
): Promise<Written> {
  const {table, keys} = sink
  const all = [...groups.values()]
  // Before the others, since another row may be waiting for their keys
  const deletes = all.filter(({shape}) => shape.deletes)
  const held = keys.way === 'set' ? all.filter((group) => givesItsKeys(sink, group)) : []
  const others = all.filter((group) => !held.includes(group) && !group.shape.deletes)
  const gone = await write(deletes)
  const first = held.length === 0 ? NOTHING_WRITTEN : await withoutTriggers(client, table, () => write(held))
  const second = await write(others)
  return writtenBy((outcome) => gone[outcome] + first[outcome] + second[outcome])
}

/** Whether the rows hold the keys whose parents are locked, and not a default instead of one, nor a part of an older row. */
function givesItsKeys({table, upsert}: Sink, {shape}: RowGroup): boolean {
  // Without triggers, a delete would leave the rows that refer to its row
  if (shape.deletes) return false
  return table.foreignKeys.every(({columns}) => {
    if (!columns.every((column) => shape.columns.includes(column))) return false
    if (!upsert) return true
    const updated = columns.filter((column) => upsert.columns.includes(column))
    return updated.length === 0 || columns.every((c) => updated.includes(c) || upsert.key.includes(c))
  })
}
