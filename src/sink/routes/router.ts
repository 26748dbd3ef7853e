import {isUtf8} from 'node:buffer'
import type {Route} from '../../config/routes.ts'
import {ItemCheck, MAX_ITEM_BYTES, type Refusal} from '../../json/item.ts'
import {Kind} from '../../json/kind.ts'
import type {Cause} from '../../record/cause.ts'
import {envelopePath, type ReadItems} from '../../record/payload/read-items.ts'
import {DecodedLease} from '../decode/decoded.ts'
import type {DecodeOptions} from '../decode/decoder.ts'
import {findEnvelope} from '../decode/envelope.ts'
import type {Finding, RecordPlace} from '../decode/record-place.ts'
import {LeaseParts, type Part} from '../lease-parts.ts'
import type {Sink} from '../sink.ts'
import {Chooser} from './chooser.ts'
import {type FoundMember, findMembers, type MemberRoute, memberRoutes} from './members.ts'
import {parentsOf} from './parents-first.ts'

const OPENING_BRACKET = 0x5b
const CLOSING_BRACKET = 0x5d
const OPENING_BRACE = 0x7b
const COMMA = 0x2c

type LaneOf = (sink: Sink) => 'copy' | 'careful'

/** Sorts the records of a lease by table. It holds scratch space, so one call must end before the next begins. */
export class Router {
  /** With the whole names of their tables. */
  readonly routes: string[]
  readonly #sinks: readonly Sink[]
  readonly #check: ItemCheck
  readonly #chooser: Chooser
  readonly #members: MemberRoute[]
  readonly #path: Buffer[]

  /** @param sinks the table of each route, parents first */
  constructor(
    routes: ReadonlyArray<{route: Route; sink: Sink}>,
    sinks: readonly Sink[],
    {payload, records, maxItemBytes}: DecodeOptions,
  ) {
    this.routes = routes.map(({route, sink}) => `${route.selector}:${sink.table.quoted}`)
    this.#sinks = sinks
    this.#check = new ItemCheck(maxItemBytes ?? MAX_ITEM_BYTES)
    this.#chooser = new Chooser(routes)
    this.#members = memberRoutes(routes)
    // If a table has a column of that name, the array is its value and not an envelope
    const path = envelopePath(payload ?? 'json', records)
    const isColumn = path.length > 0 && sinks.some(({decoder}) => decoder.hasKey(path[0]))
    this.#path = isColumn ? [] : path.map((key) => Buffer.from(key))
  }

  decode(read: ReadItems, laneOf: LaneOf): LeaseParts {
    const all = this.#sinks.map((sink) => ({sink, lease: sink.decoder.begin(read, sink.name)}))
    const parts: Part[] = all.map(({sink, lease}) => {
      const parents = parentsOf(sink, this.#sinks)
      return {sink, lease, parents: all.filter((one) => parents.includes(one.sink))}
    })
    const sorting = new Sorting(parts, new DecodedLease(read, {foreignKeys: [], isAroundUsed: false}), laneOf)
    const {bytes} = read.texts
    const areUtf8 = isUtf8(bytes)
    for (let item = 0; item < read.texts.count; item++) this.#item(sorting, item, areUtf8)
    for (const {sink, lease} of parts) sink.decoder.end(lease)
    return new LeaseParts(read, parts, sorting.rest)
  }

  #item(sorting: Sorting, item: number, areUtf8: boolean): void {
    const {bytes, starts} = sorting.read.texts
    const place = {item, start: starts[item], end: starts[item + 1]}
    const fault = sorting.read.faults.get(item)
    const refusal = fault ? undefined : this.#refusalOf(sorting, place, areUtf8)
    if (fault) sorting.refuse({...place, end: place.start}, fault)
    else if (refusal) sorting.refuse(place, {reason: 'malformed', ...refusal})
    else if (bytes[place.start] === OPENING_BRACKET) this.#choices(sorting, item, place.start)
    else this.#object(sorting, place)
  }

  #refusalOf({read}: Sorting, {start, end}: RecordPlace, areUtf8: boolean): Refusal | undefined {
    const {bytes} = read.texts
    // A list without an envelope around it is what a job may be given
    if (read.areJobs && bytes[start] === OPENING_BRACKET) return this.#check.checkList(bytes, start, end)
    return areUtf8 ? this.#check.checkText(bytes, start, end) : this.#check.check(bytes, start, end)
  }

  /** An item that the scanner has just read. */
  #object(sorting: Sorting, place: RecordPlace): void {
    const {scanner} = this.#check
    const {bytes} = sorting.read.texts
    const members = findMembers(this.#members, scanner, bytes, place.start)
    if (members.length > 0) {
      this.#envelope(sorting, place.item, members)
      return
    }
    if (this.#members.length > 0) scanner.object(scanner.space(place.start), 1)
    const list = this.#path.length > 0 ? findEnvelope(scanner, bytes, this.#path) : -1
    if (list >= 0) this.#choices(sorting, place.item, list)
    else this.#choose(sorting, place)
  }

  /** Sends what the members of an envelope hold to the tables of their routes. */
  #envelope(sorting: Sorting, item: number, members: FoundMember[]): void {
    const {bytes} = sorting.read.texts
    for (const {route, kind, start, end, isMarked} of members) {
      const {sink, name, selector, isList, ofRecord, ofValue} = route
      const how = {frame: ofRecord, only: isMarked ? undefined : selector}
      if (isList && kind === Kind.Array) {
        this.#list(sorting, item, start, (place) => {
          if (bytes[place.start] === OPENING_BRACE) sorting.add(sink, place, how)
          else sorting.refuse(place, NO_OBJECT, ofRecord)
        })
      } else if (!isList && kind === Kind.Object) {
        sorting.add(sink, {item, start, end, list: {start: start - 1, end: end + 1}}, how)
      } else {
        const message = `expected a JSON ${isList ? 'array' : 'object'} in ${JSON.stringify(name)}`
        sorting.refuse({item, start, end}, {reason: 'malformed', code: 'SHAPE', message}, ofValue)
      }
    }
  }

  /** Sends each record of the array at `at` to the table that its fields choose. */
  #choices(sorting: Sorting, item: number, at: number): void {
    this.#list(sorting, item, at, (place) => this.#choose(sorting, place))
  }

  /** Calls `each` for every element of the array at `at`, which is known to be valid JSON. */
  #list(sorting: Sorting, item: number, at: number, each: (place: RecordPlace) => void): void {
    const {bytes, starts} = sorting.read.texts
    const {scanner} = this.#check
    scanner.open(bytes, starts[item + 1])
    const list = {start: at, end: scanner.value(at, 2)}
    for (let start = scanner.space(at + 1); bytes[start] !== CLOSING_BRACKET; ) {
      const end = scanner.value(start, 3)
      each({item, start, end, list})
      start = scanner.space(end)
      if (bytes[start] === COMMA) start = scanner.space(start + 1)
    }
  }

  /** Sends a record to the table that its fields choose. */
  #choose(sorting: Sorting, place: RecordPlace): void {
    const {start, end} = place
    const {bytes} = sorting.read.texts
    if (bytes[this.#check.scanner.space(start)] !== OPENING_BRACE) {
      sorting.refuse(place, NO_OBJECT)
      return
    }
    const sink = this.#chooser.choose(bytes, start, end)
    if (sink) sorting.add(sink, place)
    else {
      const names = this.#members.map(({name}) => name)
      sorting.refuse(place, this.#chooser.refusal(bytes, start, end, names))
    }
  }
}

const NO_OBJECT: Cause = {
  reason: 'malformed',
  code: 'SHAPE',
  message: 'expected a JSON object in the envelope',
}

/** The records of one lease while they are sorted. */
class Sorting {
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

  add(sink: Sink, place: RecordPlace, how: Pick<Finding, 'frame' | 'only'> = {}): void {
    const lease = this.#parts.get(sink)
    if (!lease) throw new Error(`expected ${sink.name} to be a table of the routes`)
    lease.found({...how, number: this.#count++, list: lease.isAroundUsed ? place.list : undefined})
    sink.decoder.add(lease, place, this.#laneOf(sink))
  }

  refuse({item, start, end}: RecordPlace, cause: Cause, frame?: Finding['frame']): void {
    this.rest.found({frame, number: this.#count++})
    this.rest.reject(this.rest.add(item, start, end), cause)
  }
}
