import {type JsonScanner, Kind} from '../json/scanner.ts'
import type {Column, ForeignKey, Table} from './catalog.ts'
import type {CopyBuffer} from './copy-buffer.ts'
import type {DecodedLease, RowGroup} from './decoded.ts'
import {isPlain} from './plain.ts'
import {type RecordMap, UNKNOWN} from './record-map.ts'
import {ValueJudge} from './value-judge.ts'
import {Holds} from './value-rule.ts'

/** Most columns with a default that a signature can tell apart; see DecodedLease.signatures. */
const SIGNATURE_BITS = 30

/** Most characters of a value that a message shows. */
const SHOWN = 100

/** Buffers kept for the next leases, and the largest of them in bytes. */
const MOST_SPARE = 32
const LARGEST_SPARE = 4 * 1024 * 1024

/** Writes the record that a scanner has just read as a row of COPY text, or notes why it cannot be one. */
export class RowWriter {
  readonly #table: Table
  readonly #map: RecordMap
  readonly #scanner: JsonScanner
  readonly #strict: boolean
  readonly #values: ValueJudge
  /** Member that gives each column, or -1. */
  readonly #members: Int32Array
  readonly #spans: number[] = []
  readonly #withDefault: number[]
  readonly #inForeignKey: boolean[]
  /** Buffers of leases that are done; a fresh one for every lease would keep the garbage collector busy. */
  readonly #spare: CopyBuffer[] = []

  constructor(
    table: Table,
    map: RecordMap,
    scanner: JsonScanner,
    options: {strict: boolean; allowSpecialValues: boolean},
  ) {
    this.#table = table
    this.#map = map
    this.#scanner = scanner
    this.#strict = options.strict
    this.#values = new ValueJudge(options.allowSpecialValues)
    this.#members = new Int32Array(table.columns.length)
    this.#withDefault = table.columns.flatMap((column, index) => (column.hasDefault ? [index] : []))
    this.#inForeignKey = table.columns.map((_, index) =>
      table.foreignKeys.some((key) => key.columns.includes(index)),
    )
  }

  /** @param lane `careful` notes no rows: all records will be sent as JSON */
  write(lease: DecodedLease, record: number, bytes: Buffer, lane: 'copy' | 'careful'): void {
    if (!this.#findMembers(lease, record, bytes)) return
    const signature = this.#signature()
    lease.signatures[record] = signature
    const verdict = this.#judge(lease, record, bytes)
    if (verdict === 'refused' || lane === 'careful') return
    if (verdict === 'suspect' || this.#withDefault.length > SIGNATURE_BITS) {
      lease.suspects.push(record)
      return
    }
    const columns = () => columnsOfSignature(this.#table, signature)
    const group = lease.group(signature, columns, this.#spare)
    this.#copy(group, bytes)
    group.records.push(record)
    group.ends.push(group.buffer.length)
    this.#collectKeys(lease, record, bytes)
  }

  /** Takes the buffers of a lease back, whose rows nobody needs any more. */
  reclaim(lease: DecodedLease): void {
    for (const {buffer} of lease.groups.values()) {
      buffer.clear()
      if (buffer.bytes.length <= LARGEST_SPARE && this.#spare.length < MOST_SPARE) this.#spare.push(buffer)
    }
    lease.groups.clear()
  }

  /** False where `strict` refuses the record for a key that names no column. */
  #findMembers(lease: DecodedLease, record: number, bytes: Buffer): boolean {
    const scanner = this.#scanner
    const members = this.#members.fill(-1)
    for (let i = 0; i < scanner.count; i++) {
      const column = this.#map.column(scanner, bytes, i)
      if (column !== UNKNOWN) members[column] = i
      else {
        lease.unknownKeys++
        if (this.#strict) {
          const key = bytes.toString('utf8', scanner.keyStart[i], scanner.keyEnd[i])
          const message = `key ${JSON.stringify(key)} names no column of ${this.#table.quoted}`
          lease.reject(record, {reason: 'invalid', code: 'UNKNOWN_KEY', message})
          return false
        }
      }
    }
    return true
  }

  #signature(): number {
    let signature = 0
    const columns = this.#withDefault
    for (let bit = 0; bit < columns.length && bit < SIGNATURE_BITS; bit++) {
      if (this.#members[columns[bit]] >= 0) signature |= 1 << bit
    }
    return signature
  }

  #judge(lease: DecodedLease, record: number, bytes: Buffer): 'plain' | 'suspect' | 'refused' {
    const scanner = this.#scanner
    const {columns} = this.#table
    let verdict: 'plain' | 'suspect' = 'plain'
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c]
      const i = this.#members[c]
      if (i < 0 || scanner.kind[i] === Kind.Null) {
        if (column.notNull && !(i < 0 && column.hasDefault)) verdict = 'suspect'
        continue
      }
      const kind = scanner.kind[i]
      const escaped = scanner.valueEscaped[i]
      if (escaped && this.#inForeignKey[c]) verdict = 'suspect'
      const plain = isPlain(column.rule, bytes, scanner.valueStart[i], scanner.valueEnd[i], kind, escaped)
      // How a scalar looks says nothing about its type, so those with a rule are all asked
      if (plain && (column.rule.holds !== Holds.Scalar || !column.judged)) continue
      const meaning = this.#meaningOf(lease, record, column, i, bytes)
      if (meaning === 'refused') return 'refused'
      if (!plain || meaning === 'edited') verdict = 'suspect'
    }
    return verdict
  }

  /** Whether Postgres reads member `i` as what is meant; where it would not, the record is edited or rejected. */
  #meaningOf(
    lease: DecodedLease,
    record: number,
    {judged, name}: Column,
    i: number,
    bytes: Buffer,
  ): 'same' | 'edited' | 'refused' {
    if (!judged) return 'same'
    const found = this.#values.judge(judged, bytes, this.#scanner.valueStart[i], this.#scanner.valueEnd[i])
    if (!Array.isArray(found)) {
      const {code, expected, got} = found
      const message = `expected ${expected} in "${name}", got ${JSON.stringify(got.slice(0, SHOWN))}`
      lease.reject(record, {reason: 'invalid', code, message, column: name})
      return 'refused'
    }
    if (found.length === 0) return 'same'
    lease.edits.set(record, [...(lease.edits.get(record) ?? []), ...found])
    return 'edited'
  }

  #copy(group: RowGroup, bytes: Buffer): void {
    const {buffer} = group
    for (const c of group.columns) {
      const i = this.#members[c]
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
      if (this.#findKey(foreignKeys[f])) lease.keys[f].add(record, bytes, this.#spans)
    }
  }

  /** Puts the spans of a foreign key's columns into `#spans`; false where one is null: then the key does not bind. */
  #findKey(key: ForeignKey): boolean {
    const scanner = this.#scanner
    const spans = this.#spans
    spans.length = 0
    for (const column of key.columns) {
      const i = this.#members[column]
      if (i < 0 || scanner.kind[i] === Kind.Null) return false
      const quotes = scanner.kind[i] === Kind.String ? 1 : 0
      spans.push(scanner.valueStart[i] + quotes, scanner.valueEnd[i] - quotes)
    }
    return true
  }
}

/** The columns that rows of a signature give: all without a default, and the given ones with one. */
export function columnsOfSignature(table: Table, signature: number): number[] {
  let bit = 0
  return table.columns.flatMap((column, index) => {
    if (!column.hasDefault) return [index]
    return (signature >> bit++) & 1 ? [index] : []
  })
}
