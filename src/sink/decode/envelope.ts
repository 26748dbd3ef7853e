import {Kind} from '../../json/kind.ts'
import {findMember} from '../../json/member.ts'
import type {JsonScanner} from '../../json/scanner.ts'

/**
 * Follows `path` from the object that the scanner has just read, which stands at `start`.
 * @returns the offsets of the array of records and of the object that holds it; undefined if the item is a record itself
 */
export function findEnvelope(
  scanner: JsonScanner,
  bytes: Buffer,
  start: number,
  path: Buffer[],
): {list: number; parent: number} | undefined {
  let parent = start
  for (let level = 0; level < path.length; level++) {
    const member = findMember(scanner, bytes, path[level])
    if (member < 0) return undefined
    const at = scanner.valueStart[member]
    if (level === path.length - 1) return scanner.kind[member] === Kind.Array ? {list: at, parent} : undefined
    if (scanner.kind[member] !== Kind.Object) return undefined
    scanner.object(at, level + 2)
    parent = at
  }
  return undefined
}
