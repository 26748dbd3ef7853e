import type {Span} from '../../json/cut.ts'
import type {RouteNode} from './route-tree.ts'

/** An object in which records were found, and how it was found itself. */
export interface Holder extends Span {
  /** Undefined for an item. */
  by?: Found
  /** Its place in the list that it is an element of. */
  index?: number
  /** What routes look for in it; undefined for what is around an item that `--records` has found. */
  node?: RouteNode
}

/** The value of a member that led to records. */
export interface Found extends Span {
  key: string
  of: Holder
  /** Its elements are meant. */
  isList: boolean
}

/** Where a value stands in its item, for messages: `orders[3].lines`. */
export function placeText({key, of}: Found, index?: number): string {
  const outer = of.by ? `${placeText(of.by, of.index)}.` : ''
  return `${outer}${key}${index === undefined ? '' : `[${index}]`}`
}

/** The path of the list that `--records` has found, as in a selector; undefined if the item itself was looked into. */
export function outsideOf(found: Found): string | undefined {
  const names: string[] = []
  for (let at: Found | undefined = found; at; at = at.of.by) {
    if (at.of.node === undefined) names.unshift(at.isList ? `${at.key}[]` : at.key)
  }
  return names.length === 0 ? undefined : names.join('.')
}
