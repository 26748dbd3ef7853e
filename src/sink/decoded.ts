import type {Cause} from '../queue/dead-letter.ts'
import type {Items} from '../queue/items.ts'
import {CopyBuffer} from './copy-buffer.ts'
import {KeyIndex} from './key-index.ts'
import type {Shape} from './shape.ts'
import {NO_UNKNOWN_KEYS, type UnknownKeys} from './unknown-keys.ts'
import type {Edit} from './value-judge.ts'

/** A record that will not be written. */
export interface Rejection {
  /** Index into the records of the lease. */
  record: number
  cause: Cause
}

/** Plain rows that give the same columns. */
export interface RowGroup {
  shape: Shape
  buffer: CopyBuffer
  /** Record of each row. */
  records: number[]
  /** Offset in `buffer` behind each row. */
  ends: number[]
}

/** The records of one lease, sorted into those that look plain, those that Postgres must judge, and the refused. */
export class DecodedLease {
  readonly items: Items
  /** Item of each record, and where its text lies in `items.bytes`. */
  readonly itemOf: number[] = []
  readonly starts: number[] = []
  readonly ends: number[] = []
  readonly rejections: Rejection[] = []
  /** Columns that each record gives; undefined for those refused before that was known. */
  readonly shapes: Array<Shape | undefined> = []
  readonly groups = new Map<Shape, RowGroup>()
  readonly suspects: number[] = []
  /** Record → what Postgres is to read in place of some of its values. */
  readonly edits = new Map<number, Edit[]>()
  readonly keys: KeyIndex[]
  /** Texts for SQL, where they were needed; see `RecordTexts`. */
  readonly aliased: Buffer[] = []
  unknown: UnknownKeys = NO_UNKNOWN_KEYS

  constructor(items: Items, foreignKeys: number) {
    this.items = items
    this.keys = Array.from({length: foreignKeys}, () => new KeyIndex())
  }

  get count(): number {
    return this.starts.length
  }

  /** Notes a record and returns its index. */
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

  /** What Postgres gets to read of a record's value: its bytes, but for what means something else to it. */
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

  /** The records that no check has refused so far. */
  get pending(): number[] {
    const refused = new Set(this.rejections.map((rejection) => rejection.record))
    return this.starts.map((_, record) => record).filter((record) => !refused.has(record))
  }
}
