import {isUtf8} from 'node:buffer'
import {markBytes, markIn} from '../../config/route-mark.ts'
import type {Route} from '../../config/routes.ts'
import type {Span} from '../../json/cut.ts'
import {eachElement} from '../../json/elements.ts'
import {ItemCheck, MAX_ITEM_BYTES, type Refusal} from '../../json/item.ts'
import type {Cause} from '../../record/cause.ts'
import {envelopePath, type ReadItems} from '../../record/payload/read-items.ts'
import {DecodedLease} from '../decode/decoded.ts'
import type {DecodeOptions} from '../decode/decoder.ts'
import type {RecordPlace} from '../decode/record-place.ts'
import {LeaseParts, type Part} from '../lease-parts.ts'
import type {Sink} from '../sink.ts'
import {Chooser} from './chooser.ts'
import {ChosenFrom} from './chosen-from.ts'
import type {Found, Holder} from './holder.ts'
import {selectorsInside, strayMark} from './mark.ts'
import {findRecords} from './outside.ts'
import {parentsOf} from './parents-first.ts'
import {type RouteNode, routeTree} from './route-tree.ts'
import {type How, type LaneOf, Sorting} from './sorting.ts'
import type {Steps} from './steps.ts'
import {Walk} from './walk.ts'

const OPENING_BRACKET = 0x5b
const OPENING_BRACE = 0x7b

/** Sorts the records of a lease by table. It holds scratch space, so one call must end before the next begins. */
export class Router {
  /** With the whole names of their tables. */
  readonly routes: string[]
  readonly #sinks: readonly Sink[]
  readonly #check: ItemCheck
  readonly #chooser: Chooser
  readonly #tree: RouteNode | undefined
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
    this.#tree = routeTree(routes)
    // If a table has a column of that name, the array is its value and not an envelope
    const path = envelopePath(payload ?? 'json', records)
    const isColumn = path.length > 0 && sinks.some(({decoder}) => decoder.mapped.map.has(path[0]))
    this.#path = isColumn ? [] : path.map((key) => Buffer.from(key))
  }

  /** @param steps how the records of each table are written; all in one step, parents first, if left out */
  decode(read: ReadItems, laneOf: LaneOf, steps?: Steps): LeaseParts {
    const tables = steps?.tables ?? this.#sinks
    const all = tables.map((sink) => ({sink, lease: sink.decoder.begin(read, sink.name)}))
    const parts: Part[] = all.map(({sink, lease}) => {
      const parents = parentsOf(sink, this.#sinks)
      return {sink, lease, parents: all.filter((one) => parents.includes(one.sink))}
    })
    const sorting = new Sorting(
      parts,
      new DecodedLease(read, {foreignKeys: [], isAroundUsed: false}),
      laneOf,
      steps,
    )
    const {bytes} = read.texts
    const areUtf8 = isUtf8(bytes)
    for (let item = 0; item < read.texts.count; item++) this.#item(sorting, item, areUtf8)
    for (const {sink, lease} of parts) sink.decoder.end(lease)
    return new LeaseParts(read, parts, {rest: sorting.rest, steps})
  }

  #item(sorting: Sorting, item: number, areUtf8: boolean): void {
    const {bytes, starts} = sorting.read.texts
    const place = {item, start: starts[item], end: starts[item + 1]}
    const fault = sorting.read.faults.get(item)
    const refusal = fault ? undefined : this.#refusalOf(sorting, place, areUtf8)
    if (fault) sorting.refuse({...place, end: place.start}, fault)
    else if (refusal) sorting.refuse(place, {reason: 'malformed', ...refusal})
    else if (bytes[place.start] === OPENING_BRACKET) this.#records(sorting, place)
    else this.#object(sorting, place)
  }

  #refusalOf({read}: Sorting, {start, end}: RecordPlace, areUtf8: boolean): Refusal | undefined {
    const {bytes} = read.texts
    // A list without an envelope around it is what a job may be given
    if (read.areJobs && bytes[start] === OPENING_BRACKET) return this.#check.checkList(bytes, start, end)
    const added = this.#tree ? markBytes(bytes, start, end) : 0
    return areUtf8
      ? this.#check.checkText(bytes, start, end, added)
      : this.#check.check(bytes, start, end, added)
  }

  /** An item that the scanner has just read. */
  #object(sorting: Sorting, place: RecordPlace): void {
    const {scanner} = this.#check
    const {bytes} = sorting.read.texts
    const holder: Holder = {start: scanner.space(place.start), end: place.end, node: this.#tree}
    const mark = this.#tree && markIn(scanner, bytes)
    const only = mark?.filter((selector) => this.#tree?.selectors.includes(selector))
    const isMarked = only !== undefined && only.length > 0
    if (this.#tree && (isMarked || !mark)) {
      const walk = new Walk(scanner, sorting, {item: place.item, only: only && new Set(only)})
      if (this.#members(walk, this.#tree, {place, holder, how: walk.howOf(this.#tree), isMarked})) return
    }
    this.#read(bytes, holder)
    const around = {start: holder.start, end: holder.end}
    const list = isMarked ? undefined : findRecords(scanner, bytes, around, this.#path)
    if (list) this.#records(sorting, place, {list, mark})
    else if (mark) sorting.refuse(place, strayMark(mark))
    else this.#choose(sorting, place)
  }

  #read(bytes: Buffer, {start, end}: Span): void {
    const {scanner} = this.#check
    scanner.open(bytes, end)
    scanner.object(scanner.space(start), 0)
  }

  /**
   * Takes what routes find in an object that the scanner has just read, and the object itself if it has such members.
   * @param isMarked it says which routes these are, so that it takes no other way
   */
  #members(
    walk: Walk,
    node: RouteNode,
    {place, holder, how, isMarked}: {place: Span; holder: Holder; how: How; isMarked: boolean},
  ): boolean {
    if (!isMarked && !walk.findsIn(node)) return false
    const isTaken = walk.take(node, place, how)
    return walk.inside(holder, node) || isTaken
  }

  /** Sends each record of a list to its tables: of the one that `--records` has found, or of an item that is one. */
  #records(
    sorting: Sorting,
    {item, start, end}: RecordPlace,
    {list, mark}: {list?: Found; mark?: readonly string[]} = {},
  ): void {
    const {bytes} = sorting.read.texts
    const only = mark && list && selectorsInside(mark, list)
    if (mark && !only?.length) {
      sorting.refuse({item, start, end}, strayMark(mark))
      return
    }
    const {scanner} = this.#check
    const walk = new Walk(scanner, sorting, {item, only: only && new Set(only)})
    const how = this.#tree && walk.howOf(this.#tree, list)
    const chosen = new ChosenFrom(bytes, list)
    eachElement(scanner, {bytes, ...(list ?? {start, end})}, (index, from, to) => {
      const place = {item, start: from, end: to}
      if (bytes[from] !== OPENING_BRACE) {
        sorting.refuse(place, NO_OBJECT)
        return false
      }
      const holder = {start: from, end: to, index, by: list, node: this.#tree}
      this.#read(bytes, place)
      const isTaken =
        this.#tree && how && this.#members(walk, this.#tree, {place, holder, how, isMarked: Boolean(only)})
      if (!isTaken) this.#choose(sorting, place, chosen, how)
      return false
    })
  }

  /** Sends a record in which no members were found to the table that takes all, or that its fields choose. */
  #choose(sorting: Sorting, place: RecordPlace, chosen?: ChosenFrom, how?: How): void {
    const {start, end} = place
    const {bytes} = sorting.read.texts
    const whole = this.#tree?.sink
    const sink = whole ?? this.#chooser.choose(bytes, start, end)
    if (sink) sorting.add(sink, place, (whole ? how : chosen?.howOf(sink)) ?? {})
    else {
      const names = this.#tree?.selectors.map((selector) => selector.replace(/\[\]$/, '')) ?? []
      sorting.refuse(place, this.#chooser.refusal(bytes, start, end, names))
    }
  }
}

const NO_OBJECT: Cause = {
  reason: 'malformed',
  code: 'SHAPE',
  message: 'expected a JSON object in the envelope',
}
