import type {JsonScanner} from '../../json/scanner.ts'
import type {Table} from '../catalog/table.ts'
import {type CompiledRow, compileRow} from './compiled-row.ts'
import type {DecodedLease} from './decoded.ts'
import type {Shape} from './shape.ts'

/** Most records of other layouts that it takes to learn another one. */
const MOST_PATIENCE = 65_536

/** Code for the records of one layout, and what is noted of each. */
interface Learnt {
  write: CompiledRow
  shape: Shape
  /** The foreign keys that the records give, by their places in the table. */
  keys: number[]
}

/**
 * Writes the records that have the layout of an earlier one, by code compiled for it (see `compileRow`): producers write
 * the same keys in the same order again and again. That takes half the time of `RowWriter`, which gets all others.
 */
export class QuickRows {
  readonly #table: Table
  /** Where each foreign key's values begin and end, in turn. */
  readonly #spans: Int32Array[]
  #learnt: Learnt | undefined
  /** Records of other layouts since one was learnt. */
  #others = 0
  /** How many it takes to learn another one. It doubles, so that ever new layouts do not keep the compiler busy. */
  #patience = 1
  readonly #maxBytes: number

  /** @param maxBytes of an item */
  constructor(table: Table, maxBytes: number) {
    this.#table = table
    this.#maxBytes = maxBytes
    this.#spans = table.foreignKeys.map(({columns}) => new Int32Array(2 * columns.length))
  }

  /**
   * Writes an item that is known to be UTF-8, as one record.
   * @returns false if it has another layout, or is the first of its shape in the lease: then nothing has happened
   */
  write(lease: DecodedLease, item: number): boolean {
    const learnt = this.#learnt
    const group = learnt && lease.groups.get(learnt.shape)
    if (!group) return false
    const {bytes, starts} = lease.items
    const start = starts[item]
    const end = starts[item + 1]
    if (end - start > this.#maxBytes) return false
    const {buffer} = group
    const target = buffer.room(end - start, learnt.shape.columns.length)
    const behind = learnt.write(bytes, start, end, target, buffer.length)
    if (behind < 0) return false
    buffer.length = behind
    const record = lease.add(item, start, end)
    lease.shapes[record] = learnt.shape
    group.records.push(record)
    group.ends.push(behind)
    for (const key of learnt.keys) lease.keys[key].add(record, bytes, this.#spans[key])
    return true
  }

  /**
   * Looks at a record that `RowWriter` has been given, and that is an item.
   * @param members index of the member that gives each column, or -1
   */
  missed(lease: DecodedLease, record: number, scanner: JsonScanner, members: Int32Array): void {
    const shape = lease.shapes[record]
    // One that was rejected says nothing about others
    if (!shape || ++this.#others < this.#patience) return
    this.#others = 0
    this.#patience = Math.min(2 * this.#patience, MOST_PATIENCE)
    this.#learnt = this.#learn(lease, record, {scanner, members, shape})
  }

  #learn(
    {items, starts, ends}: DecodedLease,
    record: number,
    {scanner, members, shape}: {scanner: JsonScanner; members: Int32Array; shape: Shape},
  ): Learnt | undefined {
    const {columns, foreignKeys} = this.#table
    const {count, valueStart, valueEnd} = scanner
    const given = Array.from({length: count}, (_, i) => columns[members.indexOf(i)])
    // A key without a column has to be counted
    if (given.some((column) => column === undefined)) return undefined
    const between = Array.from({length: count + 1}, (_, i) =>
      items.bytes.subarray(
        i === 0 ? starts[record] : valueEnd[i - 1],
        i === count ? ends[record] : valueStart[i],
      ),
    )
    const keys = foreignKeys.flatMap((key, f) => (key.columns.every((c) => members[c] >= 0) ? [f] : []))
    const parts = {
      columns: shape.columns.map((c) => columns[c]),
      keys: keys.map((f) => ({
        columns: foreignKeys[f].columns.map((c) => columns[c]),
        spans: this.#spans[f],
      })),
    }
    const write = compileRow({members: given, between}, parts)
    return write && {write, shape, keys}
  }
}
