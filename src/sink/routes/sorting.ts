import type {Cause} from '../../record/cause.ts'
import type {ReadItems} from '../../record/payload/read-items.ts'
import type {DecodedLease} from '../decode/decoded.ts'
import type {Finding, RecordPlace} from '../decode/record-place.ts'
import type {Part} from '../lease-parts.ts'
import type {Sink} from '../sink.ts'

export type LaneOf = (sink: Sink) => 'copy' | 'careful'

/** How a record was found; it gets its number here. */
export type How = Omit<Finding, 'number'>

/** The records of one lease while they are sorted. */
export class Sorting {
  readonly read: ReadItems
  /** Records that no table takes. */
  readonly rest: DecodedLease
  readonly #parts: Map<Sink, DecodedLease>
  readonly #laneOf: LaneOf
  #count = 0

  constructor(parts: readonly Part[], rest: DecodedLease, laneOf: LaneOf) {
    this.read = rest.read
    this.rest = rest
    this.#parts = new Map(parts.map(({sink, lease}) => [sink, lease]))
    this.#laneOf = laneOf
  }

  add(sink: Sink, place: RecordPlace, how: How = {}): void {
    const lease = this.#parts.get(sink)
    if (!lease) throw new Error(`expected ${sink.name} to be a table of the routes`)
    lease.found({...how, number: this.#count++})
    sink.decoder.add(lease, place, this.#laneOf(sink))
  }

  refuse({item, start, end}: RecordPlace, cause: Cause, how: How = {}): void {
    this.rest.found({...how, number: this.#count++})
    this.rest.reject(this.rest.add(item, start, end), cause)
  }
}
