import {JsonScanner} from '../json/scanner.ts'
import type {DecodedLease} from '../sink/decode/decoded.ts'
import {RecordMap, UNKNOWN} from '../sink/decode/record-map.ts'
import {MOST_NAMED} from '../sink/decode/unknown-keys.ts'
import {SeenValues} from './seen-values.ts'

/** A key that names no column. */
export interface UnknownKey {
  /** The key, or the path of a value inside the record. */
  key: string
  records: number
  /** One of its values, as written. */
  example: string
  /** A type that takes all of its values; null if they are all null, or inside the record. */
  type: string | null
}

interface Known {
  records: number
  example: string
  values: SeenValues
}

/** Counts the keys of records that name no column, and looks at their values. */
export class UnknownKeyTally {
  readonly #known = new Map<string, Known>()
  readonly #scanner = new JsonScanner()
  #names: string[] = []
  #map = new RecordMap(new Map())
  count = 0

  add(lease: DecodedLease): void {
    const {count, names, examples} = lease.unknown
    this.count += count
    if (count === 0) return
    for (const [name, n] of names) {
      const known = this.#known.get(name)
      if (known) known.records += n
      else if (this.#known.size < MOST_NAMED)
        this.#learn(name, {records: n, example: examples.get(name) ?? ''})
    }
    for (let record = 0; record < lease.count; record++) this.#record(lease, record)
  }

  #learn(name: string, seen: Pick<Known, 'records' | 'example'>): void {
    this.#known.set(name, {...seen, values: new SeenValues()})
    this.#names.push(name)
    this.#map = new RecordMap(new Map(this.#names.map((key, i) => [key, i])))
  }

  #record(lease: DecodedLease, record: number): void {
    const scanner = this.#scanner
    const {bytes} = lease.items
    scanner.open(bytes, lease.ends[record])
    if (scanner.object(scanner.space(lease.starts[record]), 0) < 0) return
    for (let i = 0; i < scanner.count; i++) {
      const number = this.#map.column(scanner, bytes, i)
      if (number === UNKNOWN) continue
      const known = this.#known.get(this.#names[number])
      known?.values.add(bytes, scanner.valueStart[i], scanner.valueEnd[i], false)
    }
  }

  /** Those with a name, most frequent first. */
  get named(): UnknownKey[] {
    return [...this.#known]
      .map(([key, {records, example, values}]) => ({key, records, example, type: values.type ?? null}))
      .sort((a, b) => b.records - a.records)
  }
}
