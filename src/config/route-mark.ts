import {findMember} from '../json/member.ts'
import type {JsonScanner} from '../json/scanner.ts'

/** The member of an item that names the only routes which may take records from it: one selector, or a list of them. */
export const ONLY_ROUTE = '$qtool_route'

export const ONLY_ROUTE_KEY = Buffer.from(ONLY_ROUTE)

/** The selectors that the object which the scanner has just read names in its mark; undefined if it has none. */
export function markIn(scanner: JsonScanner, bytes: Buffer): string[] | undefined {
  const member = findMember(scanner, bytes, ONLY_ROUTE_KEY)
  if (member < 0) return undefined
  const value: unknown = JSON.parse(
    bytes.toString('utf8', scanner.valueStart[member], scanner.valueEnd[member]),
  )
  return [value].flat().filter((selector) => typeof selector === 'string')
}

/** An item that only these routes may take records from. @param item without a mark */
export function marked(item: Buffer, selectors: readonly string[]): Buffer {
  let end = item.lastIndexOf('}')
  while (isBlank(item[end - 1])) end--
  const comma = item[end - 1] === OPENING_BRACE ? '' : ','
  const value = JSON.stringify(selectors.length === 1 ? selectors[0] : selectors)
  const mark = Buffer.from(`${comma}${JSON.stringify(ONLY_ROUTE)}:${value}`)
  return Buffer.concat([item.subarray(0, end), mark, item.subarray(end)])
}

const OPENING_BRACE = 0x7b

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** How many bytes of a text its mark takes, as `marked` has put it there: an item of the largest size may come back. */
export function markBytes(bytes: Buffer, start: number, end: number): number {
  const tail = Math.max(start, end - LONGEST)
  const at = bytes.subarray(tail, end).lastIndexOf(BEGINNING)
  if (at < 0) return 0
  let to = end - 1
  while (bytes[to] !== CLOSING_BRACE && to > tail) to--
  while (isBlank(bytes[to - 1])) to--
  return Math.max(0, to - tail - at)
}

/** Longer than any mark that qtool makes of routes that people write. */
const LONGEST = 2000
const BEGINNING = Buffer.from(`,${JSON.stringify(ONLY_ROUTE)}:`)
const CLOSING_BRACE = 0x7d
