import {memberPath} from '../../config/mapping/source.ts'
import {KIND_OF, Kind} from '../../json/kind.ts'
import type {JsonScanner} from '../../json/scanner.ts'
import type {Cause} from '../../record/cause.ts'
import type {Table} from '../catalog/table.ts'
import {Holds} from '../catalog/value-rule.ts'
import type {Deletes} from '../upsert/deletes.ts'
import type {DecodedLease} from './decoded.ts'
import type {Beyond} from './mapped.ts'
import {OpReader} from './op-reader.ts'
import {noColumn, unknownKey} from './record-causes.ts'
import {type RecordMap, UNKNOWN} from './record-map.ts'
import {keyText, type UnknownKeyCounter} from './unknown-keys.ts'
import {type Inside, mapOf, type Use} from './uses.ts'
import {ValueWriter} from './value-writer.ts'

/** What becomes of keys that match no column, and of the field that says what a record does. */
interface KeyRules {
  unknown: UnknownKeyCounter
  strict: boolean
  deletes: Deletes | undefined
}

/**
 * Writes each record as a flat one, with the values that its columns get in their own texts. What comes after it sees
 * records whose keys are those of the columns, and knows nothing of paths, constants and units.
 */
export class Projection {
  readonly #table: Table
  readonly #map: RecordMap
  readonly #beyond: Beyond
  readonly #unknown: UnknownKeyCounter
  readonly #strict: boolean
  readonly #values: ValueWriter
  readonly #op: OpReader | undefined
  /** A column has everything, so no key is without one. */
  readonly #keepsAll: boolean
  #given = 0
  /** Triples of column, start and end: what the envelope of the item read last gives all of its records. */
  #around: number[] = []
  #aroundOf: {lease: DecodedLease; item: number} | undefined
  #isAround = false

  constructor(table: Table, map: RecordMap, beyond: Beyond, {unknown, strict, deletes}: KeyRules) {
    this.#table = table
    this.#map = map
    this.#beyond = beyond
    this.#unknown = unknown
    this.#strict = strict
    this.#values = new ValueWriter(table, beyond.units)
    this.#keepsAll = beyond.whole.length > 0
    this.#op = deletes && new OpReader(table, deletes)
  }

  /**
   * Writes the record that the scanner has just read into `lease.flat`.
   * @returns whether it may become a row; if not, it is rejected
   */
  write(lease: DecodedLease, record: number, scanner: JsonScanner, bytes: Buffer): boolean {
    const values = this.#values
    const {uses, whole, constants} = this.#beyond
    const columns = this.#table.columns.length
    values.begin(lease.flat, record)
    this.#given = 0
    this.#op?.begin()
    for (let i = 0; i < scanner.count; i++) {
      const number = this.#map.column(scanner, bytes, i)
      const start = scanner.valueStart[i]
      const end = scanner.valueEnd[i]
      if (number === UNKNOWN) this.#unknownKey(bytes, scanner, i)
      else if (number < columns) this.#give(number, bytes, start, end)
      else this.#use(uses[number - columns], bytes, start, end)
    }
    for (const column of whole) this.#whole(column, bytes, lease.starts[record], lease.ends[record])
    const isEmpty = this.#given === 0
    for (const {column, json} of constants) values.give(column, json, 0, json.length)
    if (this.#beyond.envelope) this.#giveAround(this.#beyond.envelope, lease, record)
    values.end()
    const fault = this.#faultOf(lease, record, isEmpty)
    if (fault) lease.reject(record, fault)
    return fault === undefined
  }

  /** Why the record that was read cannot become a row, or delete one. */
  #faultOf(lease: DecodedLease, record: number, isEmpty: boolean): Cause | undefined {
    const op = this.#op?.read() ?? 'write'
    if (op === 'write') return this.#values.fault() ?? (isEmpty ? noColumn(this.#table) : undefined)
    if (op !== 'delete') return op
    lease.deletes.add(record)
    return this.#op?.faultOfDelete(this.#values)
  }

  #give(column: number, bytes: Buffer, start: number, end: number): void {
    if (this.#isAround) {
      this.#around.push(column, start, end)
      return
    }
    this.#given++
    this.#values.give(column, bytes, start, end)
  }

  #giveOp(bytes: Buffer, start: number, end: number): void {
    if (this.#isAround) this.#around.push(OP, start, end)
    else this.#op?.give(bytes, start, end)
  }

  #use(use: Use, bytes: Buffer, start: number, end: number): void {
    const {columns, inside} = use
    for (const column of columns) this.#give(column, bytes, start, end)
    if (use.isOp) this.#giveOp(bytes, start, end)
    use.seen = true
    if (!inside) return
    // Some column may have the whole value, with all that is inside
    const isWritten = columns.length > 0 || use.isOp
    const kind = KIND_OF[bytes[start]]
    if (kind === Kind.Object && inside.keys.size > 0) this.#members(inside, bytes, start, end, isWritten)
    else if (kind === Kind.Array && inside.elements.size > 0) {
      this.#elements(inside, bytes, start, end, isWritten)
    } else if (kind !== Kind.Null && !isWritten) this.#unused(inside.path, bytes, start, end)
  }

  #members(inside: Inside, bytes: Buffer, start: number, end: number, isWritten: boolean): void {
    const {scanner, uses} = inside
    const map = mapOf(inside)
    scanner.open(bytes, end)
    scanner.object(start, 0)
    for (let i = 0; i < scanner.count; i++) {
      const number = map.column(scanner, bytes, i)
      if (number !== UNKNOWN) this.#use(uses[number], bytes, scanner.valueStart[i], scanner.valueEnd[i])
      else if (!isWritten) {
        const path = memberPath(inside.path, keyText(bytes, scanner.keyStart[i], scanner.keyEnd[i]))
        this.#unused(path, bytes, scanner.valueStart[i], scanner.valueEnd[i])
      }
    }
  }

  #elements(inside: Inside, bytes: Buffer, start: number, end: number, isWritten: boolean): void {
    const {scanner, uses, elements} = inside
    scanner.open(bytes, end)
    let from = scanner.space(start + 1)
    for (let i = 0; bytes[from] !== CLOSING_BRACKET; i++) {
      const to = scanner.value(from, 0)
      const number = elements.get(i)
      if (number !== undefined) this.#use(uses[number], bytes, from, to)
      else if (!isWritten) this.#unused(`${inside.path}[${i}]`, bytes, from, to)
      from = scanner.space(to)
      if (bytes[from] === COMMA) from = scanner.space(from + 1)
    }
  }

  #unknownKey(bytes: Buffer, scanner: JsonScanner, i: number): void {
    if (this.#keepsAll) return
    this.#unknown.add(bytes, scanner, i)
    if (this.#strict) this.#refuseKey(keyText(bytes, scanner.keyStart[i], scanner.keyEnd[i]))
  }

  #unused(path: string, bytes: Buffer, start: number, end: number): void {
    if (this.#keepsAll || this.#isAround) return
    this.#unknown.addPath(path, bytes, start, end)
    if (this.#strict) this.#refuseKey(path)
  }

  #refuseKey(key: string): void {
    this.#values.refuse(unknownKey(this.#table, key))
  }

  #whole(column: number, bytes: Buffer, start: number, end: number): void {
    if (this.#table.columns[column].rule.holds !== Holds.Text) this.#give(column, bytes, start, end)
    else {
      // As a JSON text of it, which is plain for the column where an object would not be
      const text = Buffer.from(JSON.stringify(bytes.toString('utf8', start, end)))
      this.#give(column, text, 0, text.length)
    }
  }

  /** Gives what is used of the envelope; a record that is an item itself has none. */
  #giveAround(envelope: Inside, lease: DecodedLease, record: number): void {
    if (!lease.isEnveloped(record)) return
    const item = lease.itemOf[record]
    const {bytes, starts} = lease.items
    if (this.#aroundOf?.lease !== lease || this.#aroundOf.item !== item) {
      this.#around = []
      this.#isAround = true
      this.#members(envelope, bytes, starts[item], starts[item + 1], true)
      this.#isAround = false
      this.#aroundOf = {lease, item}
    }
    for (let i = 0; i < this.#around.length; i += 3) {
      const [column, start, end] = this.#around.slice(i, i + 3)
      if (column === OP) this.#op?.give(bytes, start, end)
      else this.#values.give(column, bytes, start, end)
    }
  }
}

/** Stands for the op among the columns that an envelope gives. */
const OP = -1

const COMMA = 0x2c
const CLOSING_BRACKET = 0x5d
