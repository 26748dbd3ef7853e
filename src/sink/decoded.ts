import type {Cause} from '../queue/dead-letter.ts'
import type {Items} from '../queue/items.ts'
import {CopyBuffer} from './copy-buffer.ts'
import {KeyIndex} from './key-index.ts'
import type {Edit} from './value-judge.ts'

/** A record that will not be written. */
export interface Rejection {
  /** Index into the records of the lease. */
  record: number
  cause: Cause
}

/** Plain rows that give the same columns. */
export interface RowGroup {
  /** Indexes into `Table.columns`, in the order of the fields. */
  columns: number[]
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
  /** Which columns with a default the record gives: bit i = i-th column with a default. */
  readonly signatures: number[] = []
  readonly groups = new Map<number, RowGroup>()
  readonly suspects: number[] = []
  /** Record → what Postgres is to read in place of some of its values. */
  readonly edits = new Map<number, Edit[]>()
  readonly keys: KeyIndex[]
  unknownKeys = 0
  /** Its retries are used up: what fails now, even for a passing reason, is found record by record and refused. */
  isolating = false
  /** The last passing failure that `isolating` put on a record. */
  blamed: unknown

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
    this.signatures.push(0)
    return this.starts.length - 1
  }

  reject(record: number, cause: Cause): void {
    this.rejections.push({record, cause})
  }

  /** Exact bytes of a record. */
  text(record: number): Buffer {
    return this.items.bytes.subarray(this.starts[record], this.ends[record])
  }

  /** What Postgres gets to read of a record: its bytes, but for the values that mean something else to it. */
  sent(record: number): Buffer {
    const edits = this.edits.get(record)
    if (!edits) return this.text(record)
    const parts: Buffer[] = []
    let at = this.starts[record]
    for (const {start, end, text} of edits.toSorted((a, b) => a.start - b.start)) {
      parts.push(this.items.bytes.subarray(at, start), Buffer.from(text))
      at = end
    }
    return Buffer.concat([...parts, this.items.bytes.subarray(at, this.ends[record])])
  }

  group(signature: number, columns: () => number[], spare: CopyBuffer[]): RowGroup {
    const known = this.groups.get(signature)
    if (known) return known
    const group: RowGroup = {
      columns: columns(),
      buffer: spare.pop() ?? new CopyBuffer(),
      records: [],
      ends: [],
    }
    this.groups.set(signature, group)
    return group
  }

  /** The records that no check has refused so far. */
  get pending(): number[] {
    const refused = new Set(this.rejections.map((rejection) => rejection.record))
    return this.starts.map((_, record) => record).filter((record) => !refused.has(record))
  }
}
