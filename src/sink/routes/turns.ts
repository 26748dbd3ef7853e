import type {ClientBase} from 'pg'
import type {ForeignKey} from '../catalog/table.ts'
import type {LeaseParts, Part} from '../lease-parts.ts'
import type {KeyGroups} from './key-groups.ts'
import {keyText} from './key-text.ts'
import {refersTo} from './parents-first.ts'
import {findWaiting} from './waiting-writes.ts'

/** The turns in which a lease is written, as if it were several. */
export interface Turns {
  count: number
  /** The turn of a record. @param number among the records of the lease */
  of(number: number): number
}

/**
 * A row that is deleted and then written again needs a turn between the two, which begins with the first record that
 * needs the new row: the one that writes it, or one that refers to it. Needs a transaction.
 * @param late the parts whose deletes come last in a turn
 */
export async function readTurns(
  client: ClientBase,
  parts: LeaseParts,
  late: readonly Part[],
  keys: KeyGroups,
): Promise<Turns> {
  const renewed: Renewed[] = []
  for (const part of late) {
    const groups = await keys.of(client, part.sink)
    renewed.push(...renewedIn(part, parts, {groups, waiting: await findWaiting(client, part)}))
  }
  const begins: number[] = []
  for (const {deleted, begins: at} of renewed.sort((a, b) => a.begins - b.begins)) {
    if (begins.length === 0 || begins[begins.length - 1] <= deleted) begins.push(at)
  }
  const turnOf = (number: number) => begins.filter((at) => at <= number).length
  const moved =
    begins.length === 0 ? new Map<number, number>() : await movedForward(client, parts, keys, turnOf)
  return {count: begins.length + 1, of: (number) => moved.get(number) ?? turnOf(number)}
}

/** Where a row is deleted, and where the turn begins at the latest that needs this. */
interface Renewed {
  deleted: number
  begins: number
}

/** @param waiting records that may need any delete before them */
function renewedIn(
  part: Part,
  parts: LeaseParts,
  {groups, waiting}: {groups: number[][]; waiting: number[]},
): Renewed[] {
  const {sink, lease} = part
  const numbers = new Map(lease.pending.map((record) => [lease.numberOf(record), record]))
  const deletes = (number: number) => lease.deletes.has(numbers.get(number) ?? -1)
  const all = [...[...numbers.keys()].filter(deletes), ...waiting].sort((a, b) => a - b)
  const pairs = [...groups, all].flatMap((group) => {
    let deleted = Number.POSITIVE_INFINITY
    return group.flatMap((number) => {
      if (deletes(number)) deleted = number
      return deleted < number ? [{deleted, written: number}] : []
    })
  })
  if (pairs.length === 0) return []
  const children = parts.all.flatMap((child) => {
    const foreign = child.sink.table.foreignKeys.filter((key) => child !== part && refersTo(key, sink))
    return foreign.map((key) => referringTo(part, child, key))
  })
  return pairs.map(({deleted, written}) => {
    const first = children.flatMap((find) => find(numbers.get(written) ?? -1, deleted) ?? [])
    return {deleted, begins: Math.min(written, ...first)}
  })
}

/** Finds the first record after another that writes a row which refers to that of a parent. */
function referringTo(
  parent: Part,
  child: Part,
  key: ForeignKey,
): (record: number, after: number) => number | undefined {
  const {columns} = parent.sink.table
  const ofParent = key.parentColumns.map((name) => columns.findIndex((column) => column.name === name))
  const byValue = new Map<string, number[]>()
  for (const record of child.lease.pending) {
    if (child.lease.deletes.has(record)) continue
    const value = keyText(child, record, key.columns)
    if (value === undefined) continue
    byValue.set(value, [...(byValue.get(value) ?? []), child.lease.numberOf(record)])
  }
  return (record, after) => {
    const value = keyText(parent, record, ofParent)
    return value === undefined ? undefined : byValue.get(value)?.find((number) => number > after)
  }
}

/** The turns of records that come before an older one of their key in the queue: none may be applied after a newer one. */
async function movedForward(
  client: ClientBase,
  {all}: LeaseParts,
  keys: KeyGroups,
  turnOf: (number: number) => number,
): Promise<Map<number, number>> {
  const moved = new Map<number, number>()
  for (const {sink} of all) {
    if (sink.upsert?.newestBy === undefined) continue
    for (const group of await keys.of(client, sink)) {
      let turn = Number.POSITIVE_INFINITY
      for (const number of group.toReversed()) {
        turn = Math.min(turn, turnOf(number))
        moved.set(number, turn)
      }
    }
  }
  return moved
}
