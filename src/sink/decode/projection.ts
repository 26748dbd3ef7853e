import {memberPath} from '../../config/mapping/source.ts'
import type {Span} from '../../json/cut.ts'
import {eachElement} from '../../json/elements.ts'
import {KIND_OF, Kind} from '../../json/kind.ts'
import type {JsonScanner} from '../../json/scanner.ts'
import type {Cause} from '../../record/cause.ts'
import type {Table} from '../catalog/table.ts'
import {Holds} from '../catalog/value-rule.ts'
import type {Deletes} from '../upsert/deletes.ts'
import {Surroundings} from './around.ts'
import type {DecodedLease} from './decoded.ts'
import {ListWriter} from './list-writer.ts'
import type {Beyond} from './mapped.ts'
import {OpReader} from './op-reader.ts'
import {noColumn} from './record-causes.ts'
import {type RecordMap, UNKNOWN} from './record-map.ts'
import {keyText, type UnknownKeyCounter} from './unknown-keys.ts'
import {UnusedValues} from './unused.ts'
import {type Inside, type ListOf, mapOf, type Use} from './uses.ts'
import {ValueWriter} from './value-writer.ts'

type ListedUse = Pick<Use, 'inside'> & {each: NonNullable<Use['each']>}

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
  readonly #unused: UnusedValues
  readonly #values: ValueWriter
  readonly #op: OpReader | undefined
  /** A column has everything, so no key is without one. */
  readonly #keepsAll: boolean
  #given = 0
  /** How many elements are being read that a list may use, too. */
  #listsAround = 0
  readonly #surroundings: Surroundings
  /** Made once a list is asked for. */
  #lists: ListWriter | undefined

  constructor(table: Table, map: RecordMap, beyond: Beyond, keys: KeyRules) {
    this.#table = table
    this.#map = map
    this.#beyond = beyond
    this.#surroundings = new Surroundings(beyond)
    this.#values = new ValueWriter(table, beyond.units)
    this.#unused = new UnusedValues(table, this.#values, keys)
    this.#keepsAll = beyond.whole.length > 0
    this.#op = keys.deletes && new OpReader(table, keys.deletes)
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
      if (number === UNKNOWN) {
        if (!this.#keepsAll && !lease.isElsewhere(record, scanner, bytes, i))
          this.#unused.key(bytes, scanner, i)
      } else if (number < columns) this.#give(number, bytes, start, end)
      else this.#use(uses[number - columns], bytes, start, end, lease.isElsewhere(record, scanner, bytes, i))
    }
    for (const column of whole) this.#whole(column, lease.original(record))
    const isEmpty = this.#given === 0
    for (const {column, json} of constants) values.give(column, json, 0, json.length)
    const read = (inside: Inside, at: Span) => this.#members(inside, bytes, at.start, at.end, true)
    this.#surroundings.give(lease, record, read, {values, op: this.#op})
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

  #give(column: number | 'op', bytes: Buffer, start: number, end: number): void {
    const around = this.#surroundings.reading
    if (around) around.give(column, bytes, start, end)
    else if (column === 'op') this.#op?.give(bytes, start, end)
    else {
      this.#given++
      this.#values.give(column, bytes, start, end)
    }
  }

  #giveList(to: ListOf, bytes: Buffer, start: number, end: number): void {
    this.#lists ??= new ListWriter(this.#table)
    const list = this.#lists.write(bytes, start, end, to)
    if (!('reason' in list)) this.#give(to.column, list, 0, list.length)
    else if (this.#surroundings.reading) this.#surroundings.reading.refuse(list, to.column)
    else {
      this.#given++
      this.#values.refuse(list, to.column)
    }
  }

  /** @param isElsewhere another table takes the whole value, too */
  #use(use: Use, bytes: Buffer, start: number, end: number, isElsewhere = false): void {
    const {columns, lists, each, inside} = use
    for (const column of columns) this.#give(column, bytes, start, end)
    for (const list of lists) this.#giveList(list, bytes, start, end)
    if (use.isOp) this.#give('op', bytes, start, end)
    use.seen = true
    if (!inside && !each) return
    // Some column may have the whole value, with all that is inside
    const isWritten = columns.length > 0 || use.isOp || use.isListed || isElsewhere
    const kind = KIND_OF[bytes[start]]
    if (kind === Kind.Array && each) this.#each({inside, each}, bytes, start, end, isWritten)
    // What is no list where there should be one is a fault, and no value without a column
    else if (!inside) return
    else if (kind === Kind.Object && inside.keys.size > 0) this.#members(inside, bytes, start, end, isWritten)
    else if (kind === Kind.Array && inside.elements.size > 0) {
      this.#elements(inside, bytes, start, end, isWritten)
    } else if (kind !== Kind.Null && !isWritten) this.#unusedPath(inside.path, bytes, start, end)
  }

  #members(inside: Inside, bytes: Buffer, start: number, end: number, isWritten: boolean): void {
    const {scanner, uses} = inside
    const map = mapOf(inside)
    scanner.open(bytes, end)
    scanner.object(scanner.space(start), 0)
    for (let i = 0; i < scanner.count; i++) {
      const number = map.column(scanner, bytes, i)
      if (number !== UNKNOWN) this.#use(uses[number], bytes, scanner.valueStart[i], scanner.valueEnd[i])
      else if (!isWritten) {
        const path = memberPath(inside.path, keyText(bytes, scanner.keyStart[i], scanner.keyEnd[i]))
        this.#unusedPath(path, bytes, scanner.valueStart[i], scanner.valueEnd[i])
      }
    }
  }

  #elements(inside: Inside, bytes: Buffer, start: number, end: number, isWritten: boolean): void {
    const {scanner, uses, elements} = inside
    eachElement(scanner, {bytes, start, end}, (i, from, to) => {
      const number = elements.get(i)
      if (number !== undefined) this.#use(uses[number], bytes, from, to)
      else if (!isWritten) this.#unusedPath(`${inside.path}[${i}]`, bytes, from, to)
      return false
    })
  }

  /** Gives what is used of single elements, of which a list may use more, and looks for what no list uses of the others. */
  #each({inside, each}: ListedUse, bytes: Buffer, start: number, end: number, isWritten: boolean): void {
    eachElement(each.scanner, {bytes, start, end}, (i, from, to) => {
      const number = inside?.elements.get(i)
      this.#listsAround++
      if (inside && number !== undefined) this.#use(inside.uses[number], bytes, from, to)
      this.#listsAround--
      if (number === undefined && !isWritten && !each.use.isListed) this.#use(each.use, bytes, from, to)
      return false
    })
  }

  #unusedPath(path: string, bytes: Buffer, start: number, end: number): void {
    if (this.#keepsAll || this.#surroundings.reading || this.#listsAround > 0) return
    this.#unused.path(path, bytes, start, end)
  }

  #whole(column: number, record: Buffer): void {
    if (this.#table.columns[column].rule.holds !== Holds.Text) this.#give(column, record, 0, record.length)
    else {
      // As a JSON text of it, which is plain for the column where an object would not be
      const text = Buffer.from(JSON.stringify(record.toString()))
      this.#give(column, text, 0, text.length)
    }
  }
}
