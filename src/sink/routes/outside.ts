import {Kind} from '../../json/kind.ts'
import {findMember} from '../../json/member.ts'
import type {JsonScanner} from '../../json/scanner.ts'
import type {Found, Holder} from './holder.ts'

/**
 * Follows the path of `--records` from the object that the scanner has just read.
 * @returns the list of records; undefined if the item is a record itself
 */
export function findRecords(
  scanner: JsonScanner,
  bytes: Buffer,
  item: Holder,
  path: readonly Buffer[],
): Found | undefined {
  let of = item
  for (const [level, key] of path.entries()) {
    const member = findMember(scanner, bytes, key)
    if (member < 0) return undefined
    const isList = level === path.length - 1
    if (scanner.kind[member] !== (isList ? Kind.Array : Kind.Object)) return undefined
    const [start, end] = [scanner.valueStart[member], scanner.valueEnd[member]]
    const found: Found = {key: String(key), of, start, end, isList}
    if (isList) return found
    of = {start, end, by: found}
    scanner.object(start, 0)
  }
  return undefined
}
