import {isUtf8} from 'node:buffer'
import type {RecordMapping} from '../../config/mapping/mapping.ts'
import {ItemCheck, MAX_ITEM_BYTES, type Refusal} from '../../json/item.ts'
import {Items} from '../../record/items.ts'
import type {PayloadKind} from '../../record/payload/payload.ts'
import {envelopePath, plainItems, type ReadItems} from '../../record/payload/read-items.ts'
import type {Table} from '../catalog/table.ts'
import type {Deletes} from '../upsert/deletes.ts'
import {DecodedLease, type Rejection} from './decoded.ts'
import {findEnvelope} from './envelope.ts'
import {FlatRows} from './flat-rows.ts'
import {type Mapped, mappedTo} from './mapped.ts'
import {UNKNOWN_OP} from './op-reader.ts'
import {Projection} from './projection.ts'
import {QuickRows} from './quick-rows.ts'
import type {RecordPlace} from './record-place.ts'
import {RecordTexts} from './record-texts.ts'
import {RowWriter} from './row-writer.ts'
import {UnknownKeyCounter} from './unknown-keys.ts'

export interface DecodeOptions extends RecordMapping {
  /** Who wrote the items; `json` if left out. */
  payload?: PayloadKind
  /** Path of the records inside an envelope, e.g. `points` or `data.points`, or from the arguments of a job. */
  records: string
  /** Make records with keys that match no column dead letters. */
  strict: boolean
  /** Let `now`, `infinity`, `NaN` and bare numbers reach timestamp and float columns. */
  allowSpecialValues: boolean
  maxItemBytes?: number
}

/**
 * Turns the items of a lease into rows without decoding them to strings. One decoder serves one table; it holds
 * scratch space, so one call must end before the next begins.
 */
export class Decoder {
  readonly #check: ItemCheck
  readonly #path: Buffer[]
  readonly #rows: RowWriter
  readonly #quick: QuickRows | undefined
  readonly #table: Table
  readonly #projection: Projection | undefined
  readonly #flatRows: FlatRows
  readonly #unknown = new UnknownKeyCounter()
  /** What the mapping means for the table. */
  readonly mapped: Mapped
  /** Writes records for SQL. */
  readonly texts: RecordTexts

  /** @param deletes how records delete rows, if they do */
  constructor(table: Table, options: DecodeOptions, deletes?: Deletes) {
    this.#check = new ItemCheck(options.maxItemBytes ?? MAX_ITEM_BYTES)
    this.mapped = mappedTo(table, options, deletes?.source)
    const {map, beyond} = this.mapped
    this.#flatRows = new FlatRows(table, options, this.#unknown, deletes)
    this.texts = new RecordTexts(map, this.#flatRows.map, table.columns.length)
    // If the table has a column of that name, the array is its value and not an envelope
    const path = envelopePath(options.payload ?? 'json', options.records)
    this.#path = path.length === 0 || map.has(path[0]) ? [] : path.map((key) => Buffer.from(key))
    this.#rows = new RowWriter(table, map, this.#unknown, this.#check.scanner, options)
    const keys = {unknown: this.#unknown, strict: options.strict, deletes}
    this.#projection = beyond && new Projection(table, map, beyond, keys)
    this.#quick = beyond ? undefined : new QuickRows(table, options.maxItemBytes ?? MAX_ITEM_BYTES)
    this.#table = table
  }

  /** Begins a lease of which this table gets some records: each is added, and then the lease is ended. */
  begin(read: ReadItems, table?: string): DecodedLease {
    return new DecodedLease(read, {
      foreignKeys: this.#table.foreignKeys.map((key) => key.columns.length),
      isAroundUsed: this.mapped.isAroundUsed,
      table,
    })
  }

  /** Adds a record, which is known to be a JSON object. */
  add(lease: DecodedLease, {item, start, end}: RecordPlace, lane: 'copy' | 'careful'): void {
    const {scanner} = this.#check
    const {bytes} = lease.items
    scanner.open(bytes, end)
    scanner.object(scanner.space(start), 3)
    this.#record(lease, lease.add(item, start, end), bytes, lane)
  }

  end(lease: DecodedLease): void {
    lease.unknown = this.#unknown.take()
  }

  /** @param lane `copy` writes plain records as rows at once; `careful` leaves all of them to Postgres */
  decode(read: ReadItems, lane: 'copy' | 'careful'): DecodedLease {
    const lease = this.begin(read)
    const {texts, faults} = read
    // One call for all items is many times cheaper than one for each. It may miss a character that is split between
    // two items, but an item that does not end in a brace or bracket is refused anyway.
    const areUtf8 = isUtf8(texts.bytes)
    const quick = lane === 'copy' && areUtf8 ? this.#quick : undefined
    for (let item = 0; item < texts.count; item++) {
      const fault = faults.get(item)
      if (fault) lease.reject(lease.add(item, texts.starts[item], texts.starts[item]), fault)
      else if (!quick?.write(lease, item)) this.#item(lease, item, lane, areUtf8)
    }
    this.end(lease)
    return lease
  }

  /**
   * Decodes texts that `RecordTexts` has written, one record each, for Postgres to judge.
   * @param deletes which of them delete a row
   */
  decodeFlat(objects: Buffer[], deletes: Iterable<number> = []): DecodedLease {
    const lease = this.begin(plainItems(Items.from(objects)))
    for (const record of deletes) lease.deletes.add(record)
    for (const [record, object] of objects.entries()) {
      lease.add(record, lease.items.starts[record], lease.items.starts[record + 1])
      lease.flat.put(record, object)
      this.#flatRows.write(lease, record, 'careful')
    }
    return lease
  }

  /** What a rejected record gives, as `RecordTexts` writes it; undefined if it is no JSON object, or does not say what it does. */
  givenText(lease: DecodedLease, {record, cause}: Rejection): Buffer | undefined {
    const isObject = cause.reason !== 'malformed' && lease.text(record).length > 0
    return isObject && cause.code !== UNKNOWN_OP ? this.texts.object(lease, record) : undefined
  }

  /** Returns the buffers of a finished lease for reuse. */
  reclaim(lease: DecodedLease): void {
    const rows = this.#projection ? this.#flatRows : this.#rows
    rows.reclaim(lease)
  }

  #item(lease: DecodedLease, item: number, lane: 'copy' | 'careful', isText: boolean): void {
    const {bytes, starts} = lease.items
    const start = starts[item]
    const end = starts[item + 1]
    // A list without an envelope around it is what a job may be given
    if (lease.read.areJobs && bytes[start] === OPENING_BRACKET) {
      const refusal = this.#check.checkList(bytes, start, end)
      if (refusal) refuse(lease, item, refusal)
      else this.#envelope(lease, item, {list: start}, lane)
      return
    }
    const refusal = isText ? this.#check.checkText(bytes, start, end) : this.#check.check(bytes, start, end)
    if (refusal) {
      refuse(lease, item, refusal)
      return
    }
    const {scanner} = this.#check
    const found = this.#path.length > 0 ? findEnvelope(scanner, bytes, start, this.#path) : undefined
    if (found) this.#envelope(lease, item, found, lane)
    else {
      const record = lease.add(item, start, end)
      this.#record(lease, record, bytes, lane)
      if (lane === 'copy') this.#quick?.missed(lease, record, scanner, this.#rows.members)
    }
  }

  /** The record that the scanner has just read. */
  #record(lease: DecodedLease, record: number, bytes: Buffer, lane: 'copy' | 'careful'): void {
    if (!this.#projection) this.#rows.write(lease, record, bytes, lane)
    else if (this.#projection.write(lease, record, this.#check.scanner, bytes)) {
      this.#flatRows.write(lease, record, lane)
    }
  }

  /** @param found where the array stands, which is known to be valid JSON, and the object that holds it */
  #envelope(
    lease: DecodedLease,
    item: number,
    {list: at, parent}: {list: number; parent?: number},
    lane: 'copy' | 'careful',
  ): void {
    const {bytes, starts} = lease.items
    const {scanner} = this.#check
    const end = starts[item + 1]
    scanner.open(bytes, end)
    if (lease.isAroundUsed) {
      const holder = parent === undefined ? undefined : {start: parent, end}
      lease.lists.set(item, {start: at, end: scanner.value(at, 2), parent: holder})
    }
    let p = scanner.space(at + 1)
    while (bytes[p] !== 0x5d) {
      const isObject = bytes[p] === 0x7b
      const behind = isObject ? scanner.object(p, 3) : scanner.value(p, 3)
      const record = lease.add(item, p, behind)
      if (isObject) this.#record(lease, record, bytes, lane)
      else
        lease.reject(record, {
          reason: 'malformed',
          code: 'SHAPE',
          message: 'expected a JSON object in the envelope',
        })
      p = scanner.space(behind)
      if (bytes[p] === 0x2c) p = scanner.space(p + 1)
    }
  }
}

const OPENING_BRACKET = 0x5b

/** Makes a dead letter of a whole item. */
function refuse(lease: DecodedLease, item: number, refusal: Refusal): void {
  const {starts} = lease.items
  lease.reject(lease.add(item, starts[item], starts[item + 1]), {reason: 'malformed', ...refusal})
}
