import {EACH, type Step} from '../../config/mapping/source.ts'
import {eachElement} from '../../json/elements.ts'
import {KIND_OF, Kind} from '../../json/kind.ts'
import {JsonScanner} from '../../json/scanner.ts'
import type {Cause} from '../../record/cause.ts'
import type {Table} from '../catalog/table.ts'
import {noList, SHOWN} from './record-causes.ts'
import type {ListOf} from './uses.ts'

const [NULL, OPEN, COMMA, CLOSE] = ['null', '[', ',', ']'].map((text) => Buffer.from(text))

interface Place {
  start: number
  end: number
}

/** Makes one list of what a path leads to in each element of another, of the values' own texts. */
export class ListWriter {
  readonly #table: Table
  readonly #scanner = new JsonScanner()
  #parts: Buffer[] = []
  #bytes: Buffer = NULL

  constructor(table: Table) {
    this.#table = table
  }

  /**
   * @param bytes a JSON text that was checked, from `start` to `end`
   * @param to the column, and the steps from there to the values, with at least one EACH
   * @returns a JSON text: null where the list is, and null for each element that has no such value; the cause of a dead
   *   letter if there is something else where a list should be
   */
  write(bytes: Buffer, start: number, end: number, {column, steps}: ListOf): Buffer | Cause {
    this.#bytes = bytes
    this.#parts = []
    if (this.#append(start, end, steps, 0)) return Buffer.concat(this.#parts)
    const shown = bytes.toString('utf8', start, Math.min(end, start + SHOWN))
    return noList(this.#table.columns[column], shown)
  }

  #append(start: number, end: number, steps: readonly Step[], first: number): boolean {
    const place: Place = {start, end}
    for (let i = first; i < steps.length; i++) {
      const step = steps[i]
      const kind = KIND_OF[this.#bytes[place.start]]
      if (step === EACH && kind === Kind.Array) return this.#each(place.start, place.end, steps, i + 1)
      if (step === EACH && kind !== Kind.Null) return false
      if (step === EACH || !this.#narrow(place, step, kind)) {
        this.#parts.push(NULL)
        return true
      }
    }
    this.#parts.push(this.#bytes.subarray(place.start, place.end))
    return true
  }

  #each(start: number, end: number, steps: readonly Step[], next: number): boolean {
    this.#parts.push(OPEN)
    const isFaulty = eachElement(this.#scanner, {bytes: this.#bytes, start, end}, (i, from, to) => {
      if (i > 0) this.#parts.push(COMMA)
      return !this.#append(from, to, steps, next)
    })
    this.#parts.push(CLOSE)
    return !isFaulty
  }

  /** Moves a place to what a step leads to. @returns whether there is such a value */
  #narrow(place: Place, step: string | number, kind: number): boolean {
    if (typeof step === 'string') return kind === Kind.Object && this.#member(place, step)
    return kind === Kind.Array && this.#element(place, step)
  }

  #member(place: Place, key: string): boolean {
    const scanner = this.#scanner
    scanner.open(this.#bytes, place.end)
    scanner.object(place.start, 0)
    for (let i = 0; i < scanner.count; i++) {
      const raw = this.#bytes.toString('utf8', scanner.keyStart[i], scanner.keyEnd[i])
      if ((scanner.keyEscaped[i] ? JSON.parse(`"${raw}"`) : raw) !== key) continue
      place.start = scanner.valueStart[i]
      place.end = scanner.valueEnd[i]
      return true
    }
    return false
  }

  #element(place: Place, index: number): boolean {
    return eachElement(this.#scanner, {bytes: this.#bytes, ...place}, (i, from, to) => {
      if (i !== index) return false
      place.start = from
      place.end = to
      return true
    })
  }
}
