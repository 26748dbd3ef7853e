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

/**
 * What a route takes:
 * - `field`: records in which the value at `path` is `value`: the content of a string, or any other value as written
 * - `member`: the record, or each record of the list, at `path` of an envelope
 * - `rest`: records that no other route takes
 */
export type Selector =
  | {kind: 'field'; path: string[]; value: string}
  | {kind: 'member'; path: string[]; isList: boolean}
  | {kind: 'rest'}

const EXAMPLES = [
  "by a field: --route 'type=order:public.orders'",
  "by the members of an envelope: --route 'flight:public.flights' --route 'points[]:public.points'",
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
  return routes
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
  const equals = text.indexOf('=')
  const isList = equals < 0 && text.endsWith('[]')
  const path = (equals >= 0 ? text.slice(0, equals) : isList ? text.slice(0, -2) : text).split('.')
  if (path.some((key) => key === '' || key.includes('['))) return undefined
  return equals >= 0 ? {kind: 'field', path, value: text.slice(equals + 1)} : {kind: 'member', path, isList}
}
