import type {ClientBase} from 'pg'
import type {Written} from '../../record/outcomes.ts'
import type {Table} from '../catalog/table.ts'
import type {DecodedLease, RowGroup} from '../decode/decoded.ts'
import {type Evidence, writeCarefully} from '../judge/careful-lane.ts'
import {findOrphans, holdParents} from '../judge/foreign-keys.ts'
import type {Part} from '../lease-parts.ts'
import {withoutTriggers} from '../set-wise/silence.ts'
import type {Sink} from '../sink.ts'
import {copyRows} from './copy-lane.ts'
import type {Preparation} from './preparation.ts'

/** Records that would be refused turned up in a transaction that was not prepared for any. */
export class UnpreparedError extends Error {}

/** Finds out what the transaction of plain rows has to be prepared for. */
export async function prepareFast(client: ClientBase, {sink, lease}: Part): Promise<Preparation> {
  const orphans = sink.keys.way === 'set' ? undefined : await findOrphans(client, sink.table, lease)
  const isRefusing = lease.suspects.length > 0 || lease.rejections.length > 0 || (orphans?.size ?? 0) > 0
  return {orphans, mayRefuse: isRefusing || sink.experience.metOrphans}
}

/**
 * Writes the plain rows of a part with COPY, and the others carefully. Records whose parent seems to be missing are among
 * the others: the constraint judges each of them. Must run inside a transaction.
 * @throws UnpreparedError, or Postgres's error if it refuses a plain row
 */
export async function writeFast(
  client: ClientBase,
  {sink, lease}: Part,
  evidence: Evidence,
  {orphans: found, mayRefuse}: Preparation,
): Promise<Written> {
  const {table, experience} = sink
  const orphans = found ?? (await holdParents(client, table, lease))
  experience.metOrphans = !found && orphans.size > 0
  if (!mayRefuse && orphans.size > 0) throw new UnpreparedError()
  const copied = await copyPlain(client, sink, lease, orphans)
  const suspects = orphans.size === 0 ? lease.suspects : [...lease.suspects, ...orphans]
  const rest = await writeCarefully(client, sink, lease, suspects, {...evidence, rowsPassed: copied > 0})
  return {...rest, inserted: copied + rest.inserted}
}

/** @returns rows written */
async function copyPlain(
  client: ClientBase,
  {table, keys}: Sink,
  {groups}: DecodedLease,
  orphans: Set<number>,
): Promise<number> {
  const all = [...groups.values()]
  const held = keys.way === 'set' ? all.filter((group) => givesItsKeys(table, group)) : []
  const others = all.filter((group) => !held.includes(group))
  const copied =
    held.length === 0 ? 0 : await withoutTriggers(client, table, () => copyRows(client, table, held, orphans))
  return copied + (await copyRows(client, table, others, orphans))
}

/** Whether the rows hold the keys whose parents are locked, and not a default instead of one. */
function givesItsKeys(table: Table, {shape}: RowGroup): boolean {
  return table.foreignKeys.every((key) => key.columns.every((column) => shape.columns.includes(column)))
}
