import {usageError} from '../errors.ts'

/** Which records go into which table. */
export interface Route {
  /** As it was written: SELECTOR:TABLE. */
  text: string
  selector: string
  takes: Selector
  /** As written in SQL. */
  table: string
}

/** A member of an object, and whether it is a list of which each element is meant. */
export interface SelectorPart {
  key: string
  isList: boolean
}

/** The selector of the item itself. */
export const ITEM = '$'

/**
 * What a route takes:
 * - `field`: records in which the value at `path` is `value`: the content of a string, or any other value as written
 * - `member`: the record, or each record of the lists, at `path` of an item; the item itself if the path is empty
 * - `rest`: records that no other route takes
 */
export type Selector =
  | {kind: 'field'; path: string[]; value: string}
  | {kind: 'member'; path: SelectorPart[]}
  | {kind: 'rest'}

const EXAMPLES = [
  "by a field: --route 'type=order:public.orders'",
  "by the members of an item: --route 'flight:public.flights' --route 'points[]:public.points'",
  "by members of lists: --route 'orders[]:public.orders' --route 'orders[].lines[]:public.lines'",
  "the item itself, beside its members: --route '$:public.orders' --route 'lines[]:public.lines'",
  "all others: --route '*:public.events'",
]

/** @throws QtoolError (usage) if one of them is no route, or if two take the same */
export function parseRoutes(texts: readonly string[]): Route[] {
  const routes = texts.map(parseRoute)
  const known = new Map<string, string>()
  for (const {text, takes} of routes) {
    const name = JSON.stringify(takes)
    const other = known.get(name)
    if (other !== undefined) throw usageError(`two routes take the same records: ${other} and ${text}`)
    known.set(name, text)
  }
  assertEachTakesSome(routes)
  return routes
}

/** A route of the item itself leaves nothing for fields to choose. */
function assertEachTakesSome(routes: readonly Route[]): void {
  const whole = routes.find(({selector}) => selector === ITEM)
  const idle = routes.find(({takes}) => takes.kind !== 'member')
  if (!whole || !idle) return
  throw usageError(
    `${whole.text} takes every item itself, so that nothing is left for ${idle.text}`,
    'leave one of them out; the members of items may have routes of their own',
  )
}

function parseRoute(text: string): Route {
  const colon = lastColon(text)
  const selector = text.slice(0, Math.max(colon, 0))
  const table = text.slice(colon + 1)
  const takes = colon < 0 || table === '' ? undefined : parseSelector(selector)
  if (takes) return {text, selector, takes, table}
  throw usageError(`expected --route to be SELECTOR:TABLE, got ${JSON.stringify(text)}`, ...EXAMPLES)
}

/** The names of the tables that routes name, as they are written, each once. */
export function tablesOf(routes: readonly string[]): string {
  return [...new Set(parseRoutes(routes).map(({table}) => table))].join(', ')
}

/** The colon before the table; the quoted name of a table may hold others. */
function lastColon(text: string): number {
  let isQuoted = false
  for (let i = text.length - 1; i >= 0; i--) {
    if (text[i] === '"') isQuoted = !isQuoted
    else if (text[i] === ':' && !isQuoted) return i
  }
  return -1
}

function parseSelector(text: string): Selector | undefined {
  if (text === '*') return {kind: 'rest'}
  if (text === ITEM) return {kind: 'member', path: []}
  const equals = text.indexOf('=')
  if (equals < 0) {
    const path = text.split('.').map(partOf)
    return path.some(({key}) => !isKey(key)) ? undefined : {kind: 'member', path}
  }
  const path = text.slice(0, equals).split('.')
  return path.every(isKey) ? {kind: 'field', path, value: text.slice(equals + 1)} : undefined
}

function partOf(text: string): SelectorPart {
  const isList = text.endsWith('[]')
  return {key: isList ? text.slice(0, -2) : text, isList}
}

function isKey(key: string): boolean {
  return key !== '' && !key.includes('[')
}

/** A path as it is written in a selector. */
export function selectorText(path: readonly SelectorPart[]): string {
  return path.length === 0 ? ITEM : path.map(({key, isList}) => `${key}${isList ? '[]' : ''}`).join('.')
}
