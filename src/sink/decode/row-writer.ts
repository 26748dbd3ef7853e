import {Kind} from '../../json/kind.ts'
import type {JsonScanner} from '../../json/scanner.ts'
import type {Column, ForeignKey, Table} from '../catalog/table.ts'
import {Holds} from '../catalog/value-rule.ts'
import type {CopyBuffer} from './copy-buffer.ts'
import type {DecodedLease, RowGroup} from './decoded.ts'
import {isPlain} from './plain.ts'
import {noColumn, notMeant, notPermitted, twoKeys, unknownKey} from './record-causes.ts'
import {type RecordMap, UNKNOWN} from './record-map.ts'
import {type Shape, ShapeBook} from './shape.ts'
import {keepBuffers} from './spare-buffers.ts'
import {unknownAttributes} from './unknown-attributes.ts'
import type {UnknownKeyCounter} from './unknown-keys.ts'
import {ValueJudge} from './value-judge.ts'

/** Writes the record that a scanner has just read as a row of COPY text, or notes why it cannot. */
export class RowWriter {
  readonly #table: Table
  readonly #map: RecordMap
  readonly #unknown: UnknownKeyCounter
  readonly #scanner: JsonScanner
  readonly #shapes: ShapeBook
  readonly #strict: boolean
  readonly #values: ValueJudge
  /** Index of the member that gives each column, or -1; of the record written last. */
  readonly members: Int32Array
  /** Where each foreign key's values begin and end, in turn. */
  readonly #spans: Int32Array[]
  readonly #inForeignKey: boolean[]
  /** Buffers of finished leases; a new one for every lease would keep the garbage collector busy. */
  readonly #spare: CopyBuffer[] = []

  constructor(
    table: Table,
    map: RecordMap,
    unknown: UnknownKeyCounter,
    scanner: JsonScanner,
    options: {strict: boolean; allowSpecialValues: boolean} & Pick<Shape, 'deletes'>,
  ) {
    this.#table = table
    this.#map = map
    this.#unknown = unknown
    this.#shapes = new ShapeBook(table, options.deletes && {deletes: true})
    this.#scanner = scanner
    this.#strict = options.strict
    this.#values = new ValueJudge(options.allowSpecialValues)
    this.members = new Int32Array(table.columns.length)
    this.#spans = table.foreignKeys.map(({columns}) => new Int32Array(2 * columns.length))
    this.#inForeignKey = table.columns.map((_, index) =>
      table.foreignKeys.some((key) => key.columns.includes(index)),
    )
  }

  /** @param lane `careful` writes no rows, because Postgres will judge all records */
  write(lease: DecodedLease, record: number, bytes: Buffer, lane: 'copy' | 'careful'): void {
    if (!this.#findMembers(lease, record, bytes)) return
    const verdict = this.#judge(lease, record, bytes)
    if (verdict === 'refused') return
    const shape = this.#shapes.of(this.members)
    lease.shapes[record] = shape
    if (verdict === 'suspect') lease.suspects.push(record)
    if (verdict === 'suspect' || lane === 'careful') return
    const group = lease.group(shape, this.#spare)
    this.#copy(group, bytes)
    group.records.push(record)
    group.ends.push(group.buffer.length)
    this.#collectKeys(lease, record, bytes)
  }

  /** Takes back the buffers of a lease that is finished. */
  reclaim(lease: DecodedLease): void {
    keepBuffers(lease, this.#spare)
  }

  /** False if the record is rejected: none of its keys matches a column, or `strict` forbids one of them. */
  #findMembers(lease: DecodedLease, record: number, bytes: Buffer): boolean {
    const scanner = this.#scanner
    const members = this.members.fill(-1)
    let known = 0
    for (let i = 0; i < scanner.count; i++) {
      const column = this.#map.column(scanner, bytes, i)
      if (column !== UNKNOWN) {
        if (members[column] >= 0) {
          lease.reject(record, twoKeys(this.#table.columns[column]))
          return false
        }
        members[column] = i
        known++
        continue
      }
      if (lease.isElsewhere(record, scanner, bytes, i)) continue
      this.#unknown.add(bytes, scanner, i)
      if (this.#strict) {
        const key = bytes.toString('utf8', scanner.keyStart[i], scanner.keyEnd[i])
        lease.reject(record, unknownKey(this.#table, key))
        return false
      }
    }
    if (known > 0) return true
    lease.reject(record, noColumn(this.#table))
    return false
  }

  #judge(lease: DecodedLease, record: number, bytes: Buffer): 'plain' | 'suspect' | 'refused' {
    const scanner = this.#scanner
    const {columns} = this.#table
    let verdict: 'plain' | 'suspect' = 'plain'
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c]
      const i = this.members[c]
      if (i < 0 || scanner.kind[i] === Kind.Null) {
        if (!column.insertable) this.members[c] = -1
        else if (column.notNull && !(i < 0 && column.hasDefault)) verdict = 'suspect'
        continue
      }
      if (!column.insertable) {
        lease.reject(record, notPermitted(this.#table, column))
        return 'refused'
      }
      if (column.objects && !this.#knowsAttributes(lease, record, column, i, bytes)) return 'refused'
      const kind = scanner.kind[i]
      const escaped = scanner.valueEscaped[i]
      if (escaped && this.#inForeignKey[c]) verdict = 'suspect'
      const plain = isPlain(column.rule, bytes, scanner.valueStart[i], scanner.valueEnd[i], kind, escaped)
      // The look of a scalar says nothing about its type, so every value with a rule is judged
      if (plain && (column.rule.holds !== Holds.Scalar || !column.judged)) continue
      const meaning = this.#meaningOf(lease, record, column, i, bytes)
      if (meaning === 'refused') return 'refused'
      if (!plain || meaning === 'edited') verdict = 'suspect'
    }
    return verdict
  }

  /** False if the record is rejected: `strict` forbids what an object of member `i` holds besides the attributes of its type. */
  #knowsAttributes(lease: DecodedLease, record: number, column: Column, i: number, bytes: Buffer): boolean {
    const {valueStart, valueEnd} = this.#scanner
    if (!column.objects) return true
    const value = {path: column.name, start: valueStart[i], end: valueEnd[i]}
    for (const {path, start, end} of unknownAttributes(column.objects, bytes, value)) {
      this.#unknown.addPath(path, bytes, start, end)
      if (!this.#strict) continue
      lease.reject(record, unknownKey(this.#table, path))
      return false
    }
    return true
  }

  /** Whether Postgres reads member `i` as its producer meant it; if not, edits or rejects the record. */
  #meaningOf(
    lease: DecodedLease,
    record: number,
    column: Column,
    i: number,
    bytes: Buffer,
  ): 'same' | 'edited' | 'refused' {
    if (!column.judged) return 'same'
    const {valueStart, valueEnd} = this.#scanner
    const found = this.#values.judge(column.judged, bytes, valueStart[i], valueEnd[i])
    if (!Array.isArray(found)) {
      lease.reject(record, notMeant(found, column))
      return 'refused'
    }
    if (found.length === 0) return 'same'
    lease.edits.set(record, [...(lease.edits.get(record) ?? []), ...found])
    return 'edited'
  }

  #copy(group: RowGroup, bytes: Buffer): void {
    const {buffer} = group
    for (const c of group.shape.columns) {
      const i = this.members[c]
      if (i < 0) buffer.null()
      else this.#copyMember(buffer, c, i, bytes)
    }
    buffer.endRow()
  }

  #copyMember(buffer: CopyBuffer, column: number, i: number, bytes: Buffer): void {
    const scanner = this.#scanner
    const start = scanner.valueStart[i]
    const end = scanner.valueEnd[i]
    const kind = scanner.kind[i]
    if (this.#table.columns[column].rule.holds === Holds.Json && kind !== Kind.Null)
      buffer.json(bytes, start, end)
    else buffer.token(bytes, start, end, kind, scanner.valueEscaped[i])
  }

  #collectKeys(lease: DecodedLease, record: number, bytes: Buffer): void {
    const {foreignKeys} = this.#table
    for (let f = 0; f < foreignKeys.length; f++) {
      if (this.#findKey(foreignKeys[f], this.#spans[f])) lease.keys[f].add(record, bytes, this.#spans[f])
    }
  }

  /** Finds the values of a foreign key; false if one is null: the key then does not apply. */
  #findKey({columns}: ForeignKey, spans: Int32Array): boolean {
    const scanner = this.#scanner
    for (let c = 0; c < columns.length; c++) {
      const i = this.members[columns[c]]
      if (i < 0 || scanner.kind[i] === Kind.Null) return false
      spans[2 * c] = scanner.valueStart[i]
      spans[2 * c + 1] = scanner.valueEnd[i]
    }
    return true
  }
}
