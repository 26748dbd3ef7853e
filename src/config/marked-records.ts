import type {Span} from '../json/cut.ts'
import {eachElement} from '../json/elements.ts'
import {KIND_OF, Kind} from '../json/kind.ts'
import {findMember} from '../json/member.ts'
import {JsonScanner} from '../json/scanner.ts'
import {markIn, ONLY_ROUTE} from './route-mark.ts'
import {ITEM} from './routes.ts'

/** Nobody needs it beyond one call. */
const scanner = new JsonScanner()

/**
 * The records of an item that came back for some routes alone, as its mark names them, in their order; undefined if it has
 * no mark, or if no object is there.
 */
export function markedRecords(item: Buffer): Span[] | undefined {
  // Most items have none, and filters look at millions of them
  if (!item.includes(ONLY_ROUTE)) return undefined
  const whole = {start: 0, end: item.length}
  scanner.open(item, item.length)
  if (scanner.object(scanner.space(0)) < 0) return undefined
  const found = (markIn(scanner, item) ?? []).flatMap((selector) =>
    recordsAt(item, whole, selector.split('.')),
  )
  return found.length === 0 ? undefined : found.sort((a, b) => a.start - b.start)
}

function recordsAt(bytes: Buffer, {start, end}: Span, [part, ...inside]: readonly string[]): Span[] {
  scanner.open(bytes, end)
  const at = scanner.space(start)
  if (KIND_OF[bytes[at]] !== Kind.Object) return []
  if (part === undefined || part === ITEM) return [{start, end}]
  const isList = part.endsWith('[]')
  scanner.object(at, 0)
  const member = findMember(scanner, bytes, Buffer.from(isList ? part.slice(0, -2) : part))
  if (member < 0) return []
  const value = {start: scanner.valueStart[member], end: scanner.valueEnd[member]}
  const values = isList ? elementsAt(bytes, value) : [value]
  return values.flatMap((one) => recordsAt(bytes, one, inside))
}

function elementsAt(bytes: Buffer, list: Span): Span[] {
  const elements: Span[] = []
  if (KIND_OF[bytes[list.start]] !== Kind.Array) return []
  eachElement(scanner, {bytes, ...list}, (_, start, end) => {
    elements.push({start, end})
    return false
  })
  return elements
}
