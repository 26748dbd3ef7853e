import type {ForeignKey} from '../catalog/table.ts'
import type {LeaseParts, Part} from '../lease-parts.ts'
import type {Sink} from '../sink.ts'
import type {KeyGroups} from './key-groups.ts'
import {keyText} from './key-text.ts'
import {refersTo} from './parents-first.ts'

/** The turns in which a lease is written, as if it were several. */
export interface Turns {
  count: number
  /** The turn of a record. @param number among the records of the lease */
  of(number: number): number
}

/**
 * A row that is deleted and then written again needs a turn between the two, which begins with the first record that
 * needs the new row: the one that writes it, or one that refers to it.
 * @param late the parts whose deletes come last in a turn
 */
export function findTurns(parts: LeaseParts, late: readonly Part[], keys: KeyGroups): Turns {
  const begins: number[] = []
  const renewed = late.flatMap((part) => renewedIn(part, parts, keys)).sort((a, b) => a.begins - b.begins)
  for (const {deleted, begins: at} of renewed) {
    if (begins.length === 0 || begins[begins.length - 1] <= deleted) begins.push(at)
  }
  const turnOf = (number: number) => begins.filter((at) => at <= number).length
  const moved = begins.length === 0 ? new Map<number, number>() : movedForward(keys, turnOf)
  return {count: begins.length + 1, of: (number) => moved.get(number) ?? turnOf(number)}
}

/** Where rows are deleted, and where the turn begins that writes them again at the latest. */
function renewedIn(part: Part, parts: LeaseParts, keys: KeyGroups): Array<{deleted: number; begins: number}> {
  const {sink, lease} = part
  const numbers = new Map(lease.pending.map((record) => [lease.numberOf(record), record]))
  const deletes = (number: number) => lease.deletes.has(numbers.get(number) ?? -1)
  const groups = mayWaitForDeletes(sink) ? [[...numbers.keys()].sort((a, b) => a - b)] : keys.of(sink)
  const pairs = groups.flatMap((group) => {
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

/** Whether a row may need another, whose key it does not have, to be deleted first: then all is done in the order of the queue. */
function mayWaitForDeletes({table: {foreignKeys, target, uniqueNames}}: Sink): boolean {
  return foreignKeys.some(({self}) => self) || uniqueNames.some((name) => !target?.names.includes(name))
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
function movedForward(keys: KeyGroups, turnOf: (number: number) => number): Map<number, number> {
  const moved = new Map<number, number>()
  for (const group of keys.all) {
    let turn = Number.POSITIVE_INFINITY
    for (const number of group.toReversed()) {
      turn = Math.min(turn, turnOf(number))
      moved.set(number, turn)
    }
  }
  return moved
}
