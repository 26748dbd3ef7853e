import type {Span} from '../../json/cut.ts'
import {eachElement} from '../../json/elements.ts'
import {Kind} from '../../json/kind.ts'
import type {JsonScanner} from '../../json/scanner.ts'
import type {Cause} from '../../record/cause.ts'
import {frameOf, hasOutside} from './frame.ts'
import {type Found, type Holder, outsideOf, placeText} from './holder.ts'
import {once} from './once.ts'
import {type FoundFork, forksIn, type RouteFork, type RouteNode} from './route-tree.ts'
import type {How, Sorting} from './sorting.ts'

/** Most characters of a value that a message shows. */
const SHOWN = 100

const OPENING_BRACE = 0x7b

/** Goes through the members of an item that routes look for, and sorts the records in them. */
export class Walk {
  readonly #scanner: JsonScanner
  readonly #sorting: Sorting
  readonly #bytes: Buffer
  readonly #item: number
  readonly #only: ReadonlySet<string> | undefined

  /** @param only the routes that may take records; all if left out */
  constructor(
    scanner: JsonScanner,
    sorting: Sorting,
    {item, only}: {item: number; only?: ReadonlySet<string>},
  ) {
    this.#scanner = scanner
    this.#sorting = sorting
    this.#bytes = sorting.read.texts.bytes
    this.#item = item
    this.#only = only
  }

  /** Looks into an object, which the scanner has just read. @returns whether some route has found something */
  inside(holder: Holder, node: RouteNode): boolean {
    let isFound = false
    for (const found of forksIn(node, this.#scanner, this.#bytes)) {
      if (found.fork.selectors.some((selector) => this.#allows(selector))) {
        isFound = this.#member(holder, found) || isFound
      }
    }
    return isFound
  }

  /** Whether the object that the scanner has just read has members that routes look for, whatever is in them. */
  findsIn(node: RouteNode): boolean {
    return forksIn(node, this.#scanner, this.#bytes).length > 0
  }

  /** Gives an object to the table of its node. @returns whether there is one */
  take({sink, selector}: RouteNode, {start, end}: Span, how: How): boolean {
    if (!sink || !this.#allows(selector)) return false
    this.#sorting.add(sink, {item: this.#item, start, end}, how)
    return true
  }

  /** The same for all elements of a list, so that what is around them is looked at once. @param found if it is no item */
  howOf({elsewhere, unused, isMarked, keep, selector}: RouteNode, found?: Found): How {
    const how = {elsewhere, unused}
    if (found) return {...how, ...this.#kept(found, {keep, isMarked, selectors: [selector]})}
    return {...how, only: [selector], isMarked: this.#only !== undefined}
  }

  #allows(selector: string): boolean {
    return this.#only?.has(selector) ?? true
  }

  #member(of: Holder, {fork, start, end, kind}: FoundFork): boolean {
    const isList = kind === Kind.Array
    const node = isList ? fork.list : kind === Kind.Object ? fork.object : undefined
    const found: Found = {key: fork.name, of, start, end, isList: isList && node !== undefined}
    if (node)
      return isList ? this.#list(fork, node, found) : this.#object(node, found, this.howOf(node, found))
    const words = `expected a JSON ${kindsOf(fork)} in ${JSON.stringify(placeText(found))}`
    this.#refuse(words, found, this.#kept(found, fork))
    return true
  }

  #list(fork: RouteFork, node: RouteNode, found: Found): boolean {
    const how = this.howOf(node, found)
    const ofWrong = once(() => this.#kept(found, fork))
    let isFound = false
    let count = 0
    eachElement(
      this.#scanner,
      {bytes: this.#bytes, start: found.start, end: found.end},
      (index, start, end) => {
        count++
        if (this.#bytes[start] === OPENING_BRACE) {
          isFound = this.#object(node, found, how, {start, end, index}) || isFound
        } else {
          isFound = true
          const place = JSON.stringify(placeText(found, index))
          this.#refuse(`expected a JSON object in the envelope, at ${place}`, {start, end}, ofWrong())
        }
        return false
      },
    )
    return isFound || count === 0
  }

  /** An object that a member is, or that is an element of it. */
  #object(node: RouteNode, found: Found, how: How, at: Span & {index?: number} = found): boolean {
    const isTaken = this.take(node, at, how)
    if (node.forks.length === 0) return isTaken
    const {start, end, index} = at
    this.#scanner.open(this.#bytes, end)
    this.#scanner.object(start, 0)
    return this.inside({start, end, index, by: found, node}, node) || isTaken
  }

  #kept(found: Found, {keep, isMarked, selectors}: Pick<RouteFork, 'keep' | 'isMarked' | 'selectors'>): How {
    const allowed = selectors.filter((selector) => this.#allows(selector))
    const isAroundUsed = keep.parent !== undefined || keep.envelope !== undefined
    return {
      parent: found.of,
      frame: once(() => frameOf(this.#bytes, found, keep)),
      only: hasOutside(found, keep) ? allowed.map((selector) => `${outsideOf(found)}.${selector}`) : allowed,
      isMarked: isMarked || isAroundUsed || this.#only !== undefined,
    }
  }

  #refuse(words: string, {start, end}: Span, how: How): void {
    const got = this.#bytes.toString('utf8', start, Math.min(end, start + SHOWN))
    const cause: Cause = {reason: 'malformed', code: 'SHAPE', message: `${words}, got ${got}`}
    this.#sorting.refuse({item: this.#item, start, end}, cause, how)
  }
}

function kindsOf({object, list}: RouteFork): string {
  return [...(list ? ['array'] : []), ...(object ? ['object'] : [])].join(' or ')
}
