import {ONLY_ROUTE_KEY} from '../../config/route-mark.ts'
import {ITEM, type Route, selectorText} from '../../config/routes.ts'
import {Kind} from '../../json/kind.ts'
import {findMember} from '../../json/member.ts'
import type {JsonScanner} from '../../json/scanner.ts'
import type {Sink} from '../sink.ts'
import type {Keep, Keys} from './keep.ts'

/** A kind of object in which routes look for members: the item, or what the members of one are. */
export interface RouteNode {
  /** What leads to it, as in a selector. */
  selector: string
  /** The table that such objects go to, if one takes them. */
  sink: Sink | undefined
  /** Each member in which there may be records. */
  forks: RouteFork[]
  /** The keys of its members that are not its own record's: other routes take them, or qtool has put them there. */
  elsewhere: Buffer[]
  /** Those of them that its table does not use. */
  unused: Buffer[]
  /** Of this one and all that are inside of it, the selectors that name a table. */
  selectors: string[]
  /** What the table of such objects takes from around them. */
  keep: Keep
  /** Whether only a mark keeps other routes from the object that one of its records is kept in. */
  isMarked: boolean
}

/** A member that holds an object, or a list of objects, or either. */
export interface RouteFork {
  name: string
  key: Buffer
  object: RouteNode | undefined
  list: RouteNode | undefined
  selectors: string[]
  /** What any table may take from around what is found there. */
  keep: Keep
  isMarked: boolean
}

/** A member that was found: its value is `bytes[start..end]`. */
export interface FoundFork {
  fork: RouteFork
  start: number
  end: number
  kind: Kind
}

interface Growing {
  sink: Sink | undefined
  forks: Map<string, {object?: Growing; list?: Growing}>
}

/** The routes by members as one tree, so that no object is read once for each of them; undefined if there are none. */
export function routeTree(routes: ReadonlyArray<{route: Route; sink: Sink}>): RouteNode | undefined {
  const root: Growing = {sink: undefined, forks: new Map()}
  let count = 0
  for (const {route, sink} of routes) {
    const {takes} = route
    if (takes.kind !== 'member') continue
    count++
    let at = root
    for (const {key, isList} of takes.path) {
      const fork = at.forks.get(key) ?? {}
      at.forks.set(key, fork)
      const kind = isList ? 'list' : 'object'
      fork[kind] ??= {sink: undefined, forks: new Map()}
      at = fork[kind]
    }
    at.sink = sink
  }
  return count === 0 ? undefined : grown(root, [], false)
}

/** @param isMarked whether routes take something further out, or there may be other elements in a list further out */
function grown(
  {sink, forks}: Growing,
  path: ReadonlyArray<{key: string; isList: boolean}>,
  isMarked: boolean,
): RouteNode {
  const inside = isMarked || sink !== undefined || path.some(({isList}) => isList)
  const all = [...forks].map(([name, {object, list}]): RouteFork => {
    const nodes = {
      object: object && grown(object, [...path, {key: name, isList: false}], inside),
      list: list && grown(list, [...path, {key: name, isList: true}], inside),
    }
    const known = [nodes.object, nodes.list].filter((node) => node !== undefined)
    return {
      name,
      key: Buffer.from(name),
      ...nodes,
      selectors: known.flatMap(({selectors}) => selectors),
      keep: {
        parent: anyOf(known.map(({keep}) => keep.parent)),
        envelope: anyOf(known.flatMap(allOf).map(({keep}) => keep.envelope)),
      },
      isMarked: inside,
    }
  })
  const selector = selectorText(path)
  const own = selector === ITEM ? [ONLY_ROUTE_KEY] : []
  const keys = all.map(({key}) => key)
  return {
    selector,
    sink,
    forks: all,
    elsewhere: [...keys, ...own],
    unused: [...keys.filter((key) => !sink?.decoder.mapped.uses(String(key))), ...own],
    selectors: [...(sink ? [selector] : []), ...all.flatMap(({selectors}) => selectors)],
    keep: sink?.decoder.mapped.around ?? {},
    isMarked,
  }
}

function anyOf(all: ReadonlyArray<Keys | undefined>): Keys | undefined {
  const known = all.filter((keys) => keys !== undefined)
  return known.length === 0 ? undefined : {has: (key) => known.some((keys) => keys.has(key))}
}

function allOf(node: RouteNode): RouteNode[] {
  return [
    node,
    ...node.forks.flatMap(({object, list}) => [object, list]).flatMap((one) => (one ? allOf(one) : [])),
  ]
}

/** The members that lead somewhere, of the object that the scanner has just read; null counts as none. */
export function forksIn({forks}: RouteNode, scanner: JsonScanner, bytes: Buffer): FoundFork[] {
  return forks.flatMap((fork) => {
    const member = findMember(scanner, bytes, fork.key)
    if (member < 0 || scanner.kind[member] === Kind.Null) return []
    const kind = scanner.kind[member] as Kind
    return [{fork, start: scanner.valueStart[member], end: scanner.valueEnd[member], kind}]
  })
}
