import type {Cause} from '../../record/cause.ts'
import type {Items} from '../../record/items.ts'
import type {ReadItems} from '../../record/payload/read-items.ts'
import {CopyBuffer} from './copy-buffer.ts'
import {KeyIndex} from './key-index.ts'
import type {Shape} from './shape.ts'
import {TextBook} from './text-book.ts'
import {NO_UNKNOWN_KEYS, type UnknownKeys} from './unknown-keys.ts'
import type {Edit} from './value-judge.ts'

/** A record that will not be written. */
export interface Rejection {
  /** Index into the records of the lease. */
  record: number
  cause: Cause
}

/** Plain rows with the same columns. */
export interface RowGroup {
  shape: Shape
  buffer: CopyBuffer
  /** The record that each row comes from. */
  records: number[]
  /** The end of each row in `buffer`. */
  ends: number[]
}

/** The records of one lease, sorted into plain ones, suspects that Postgres must judge, and rejected ones. */
export class DecodedLease {
  /** The items as they were in the queue. */
  readonly read: ReadItems
  /** The texts of the items. */
  readonly items: Items
  /** The item of each record, and the position of its text in `items.bytes`. */
  readonly itemOf: number[] = []
  readonly starts: number[] = []
  readonly ends: number[] = []
  readonly rejections: Rejection[] = []
  /** Columns that each record gives; undefined if it was rejected before they were known. */
  readonly shapes: Array<Shape | undefined> = []
  readonly groups = new Map<Shape, RowGroup>()
  readonly suspects: number[] = []
  /** Record → texts that Postgres is to read in place of some of its values. */
  readonly edits = new Map<number, Edit[]>()
  readonly keys: KeyIndex[]
  /** Texts for SQL of the records that needed one; see `RecordTexts`. */
  readonly texts = new TextBook()
  unknown: UnknownKeys = NO_UNKNOWN_KEYS

  /** @param foreignKeys how many columns each has */
  constructor(read: ReadItems, foreignKeys: number[]) {
    this.read = read
    this.items = read.texts
    this.keys = foreignKeys.map((columns) => new KeyIndex(columns))
  }

  get count(): number {
    return this.starts.length
  }

  /** Items in which no record was found; a record is found where one is refused, too. */
  get empty(): number {
    return this.items.count - this.itemOf.filter((item, i) => item !== this.itemOf[i - 1]).length
  }

  /** Adds a record and returns its index. */
  add(item: number, start: number, end: number): number {
    this.itemOf.push(item)
    this.starts.push(start)
    this.ends.push(end)
    this.shapes.push(undefined)
    return this.starts.length - 1
  }

  reject(record: number, cause: Cause): void {
    this.rejections.push({record, cause})
  }

  /** Exact bytes of a record. */
  text(record: number): Buffer {
    return this.items.bytes.subarray(this.starts[record], this.ends[record])
  }

  /** What goes back into a queue for a record that was not written: the record itself, or the whole job. */
  kept(record: number): Buffer {
    return this.read.areJobs ? this.read.items.item(this.itemOf[record]) : this.text(record)
  }

  /** A record's value as it is sent to Postgres: its bytes, with the record's edits applied. */
  sent(record: number, start: number, end: number): Buffer {
    const edits = this.edits.get(record)?.filter((edit) => edit.start >= start && edit.end <= end) ?? []
    if (edits.length === 0) return this.items.bytes.subarray(start, end)
    const parts: Buffer[] = []
    let at = start
    for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
      parts.push(this.items.bytes.subarray(at, edit.start), Buffer.from(edit.text))
      at = edit.end
    }
    return Buffer.concat([...parts, this.items.bytes.subarray(at, end)])
  }

  group(shape: Shape, spare: CopyBuffer[]): RowGroup {
    const known = this.groups.get(shape)
    if (known) return known
    const group: RowGroup = {shape, buffer: spare.pop() ?? new CopyBuffer(), records: [], ends: []}
    this.groups.set(shape, group)
    return group
  }

  /** The records that have not been rejected so far. */
  get pending(): number[] {
    const refused = new Set(this.rejections.map((rejection) => rejection.record))
    return this.starts.map((_, record) => record).filter((record) => !refused.has(record))
  }
}
