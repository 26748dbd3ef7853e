import type {Span} from '../../json/cut.ts'
import {hasKeyOf} from '../../json/member.ts'
import type {JsonScanner} from '../../json/scanner.ts'
import type {Cause} from '../../record/cause.ts'
import type {Items} from '../../record/items.ts'
import type {ReadItems} from '../../record/payload/read-items.ts'
import {CopyBuffer} from './copy-buffer.ts'
import {type Finding, keptAs, withoutMark} from './finding.ts'
import {KeyIndex} from './key-index.ts'
import {enveloped, type RecordList} from './record-place.ts'
import type {Shape} from './shape.ts'
import {TextBook} from './text-book.ts'
import {NO_UNKNOWN_KEYS, type UnknownKeys} from './unknown-keys.ts'
import type {Edit} from './value-judge.ts'

/** A record that will not be written. */
export interface Rejection {
  /** Index into the records of the lease. */
  record: number
  cause: Cause
  /** That of its parent, if it was refused because of that. */
  parent?: Rejection
}

/** What the records of a lease are decoded for. */
export interface LeaseFor {
  /** How many columns each foreign key has. */
  foreignKeys: number[]
  /** The mapping takes values from the envelopes. */
  isAroundUsed: boolean
  /** The table, if records of the lease go into several. */
  table?: string
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
  /** Records that delete a row. */
  readonly deletes = new Set<number>()
  readonly keys: KeyIndex[]
  /** Records as the mapping makes them, if it takes more than a look at their keys; see `Projection`. */
  readonly flat = new TextBook()
  /** Where the list of records stands in each envelope from which the mapping takes values. */
  readonly lists = new Map<number, RecordList>()
  /** Texts for SQL of the records that needed one; see `RecordTexts`. */
  readonly texts = new TextBook()
  unknown: UnknownKeys = NO_UNKNOWN_KEYS
  /** The mapping takes values from the envelopes. */
  readonly isAroundUsed: boolean
  readonly #table: string | undefined
  /** How each record was found, if records of the lease go into several tables. */
  readonly #findings: Finding[] = []

  constructor(read: ReadItems, {foreignKeys, isAroundUsed, table}: LeaseFor) {
    this.read = read
    this.isAroundUsed = isAroundUsed
    this.#table = table
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

  /** Says how the record was found that is added next. */
  found(finding: Finding): void {
    this.#findings[this.count] = finding
  }

  /** The number of a record among those of the lease, for all tables. */
  numberOf(record: number): number {
    return this.#findings[record]?.number ?? record
  }

  reject(record: number, cause: Cause): void {
    this.rejections.push({record, cause: this.ownCause(cause)})
  }

  /** A cause that names the table, if records of the lease go into several. */
  ownCause(cause: Cause): Cause {
    return this.#table === undefined ? cause : {...cause, table: this.#table}
  }

  /** Exact bytes of a record. */
  text(record: number): Buffer {
    return this.items.bytes.subarray(this.starts[record], this.ends[record])
  }

  /** The object that directly holds a record, or the list that it is an element of; undefined if it is an item itself. */
  parentOf(record: number): Span | undefined {
    const finding = this.#findings[record]
    return finding ? finding.parent : this.lists.get(this.itemOf[record])?.parent
  }

  /** Whether the key of member `i` of a record, which the scanner has just read, is for another table. */
  isElsewhere(record: number, scanner: JsonScanner, bytes: Buffer, i: number): boolean {
    const keys = this.#findings[record]?.elsewhere
    return keys?.some((key) => hasKeyOf(scanner, bytes, i, key)) ?? false
  }

  /** Exact bytes of a record, without the mark that qtool has put into it. */
  original(record: number): Buffer {
    const finding = this.#findings[record]
    return finding ? withoutMark(this.items.bytes, this.#placeOf(record), finding) : this.text(record)
  }

  /**
   * What goes back into a queue for a record that was not written: the record itself, the whole job, or, if the mapping
   * takes values from around it or a route has found the record by its place, an item with no other record.
   */
  kept(record: number): Buffer {
    const item = this.itemOf[record]
    if (this.read.areJobs) return this.read.items.item(item)
    const finding = this.#findings[record]
    if (finding) return keptAs(finding, this.items.bytes, this.#placeOf(record))
    const list = this.lists.get(item)
    return list ? enveloped(this.items, item, list, this.text(record)) : this.text(record)
  }

  #placeOf(record: number): Span {
    return {start: this.starts[record], end: this.ends[record]}
  }

  /** The text in which the columns of a record are found. */
  given(record: number): {bytes: Buffer; start: number; end: number} {
    if (this.flat.has(record)) return this.flat.at(record)
    return {bytes: this.items.bytes, start: this.starts[record], end: this.ends[record]}
  }

  /** A record's value as it is sent to Postgres: its bytes, with the record's edits applied. */
  sent(record: number, start: number, end: number): Buffer {
    const {bytes} = this.given(record)
    const edits = this.edits.get(record)?.filter((edit) => edit.start >= start && edit.end <= end) ?? []
    if (edits.length === 0) return bytes.subarray(start, end)
    const parts: Buffer[] = []
    let at = start
    for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
      parts.push(bytes.subarray(at, edit.start), Buffer.from(edit.text))
      at = edit.end
    }
    return Buffer.concat([...parts, bytes.subarray(at, end)])
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
