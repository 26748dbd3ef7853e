import type {Cause} from '../../record/cause.ts'
import type {ReadItems} from '../../record/payload/read-items.ts'
import type {DecodedLease} from '../decode/decoded.ts'
import type {Finding} from '../decode/finding.ts'
import type {RecordPlace} from '../decode/record-place.ts'
import type {Part} from '../lease-parts.ts'
import type {Sink} from '../sink.ts'
import type {Steps} from './steps.ts'

export type LaneOf = (sink: Sink) => 'copy' | 'careful'

/** How a record was found; it gets its number here. */
export type How = Omit<Finding, 'number'>

/** The records of one lease while they are sorted. */
export class Sorting {
  readonly read: ReadItems
  /** Records that no table takes. */
  readonly rest: DecodedLease
  readonly #leases: DecodedLease[]
  readonly #stepOf: Steps['of']
  readonly #laneOf: LaneOf
  #count = 0

  /** @param parts one for each step @param steps if there is not one for each table */
  constructor(parts: readonly Part[], rest: DecodedLease, laneOf: LaneOf, steps?: Steps) {
    this.read = rest.read
    this.rest = rest
    this.#leases = parts.map(({lease}) => lease)
    const places = new Map(parts.map(({sink}, i) => [sink, i]))
    this.#stepOf = steps?.of ?? ((sink) => places.get(sink) ?? -1)
    this.#laneOf = laneOf
  }

  add(sink: Sink, place: RecordPlace, how: How = {}): void {
    const number = this.#count++
    const lease = this.#leases[this.#stepOf(sink, number)]
    lease.found({...how, number})
    sink.decoder.add(lease, place, this.#laneOf(sink))
  }

  refuse({item, start, end}: RecordPlace, cause: Cause, how: How = {}): void {
    this.rest.found({...how, number: this.#count++})
    this.rest.reject(this.rest.add(item, start, end), cause)
  }
}
