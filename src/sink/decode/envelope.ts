import {Kind} from '../../json/kind.ts'
import {findMember} from '../../json/member.ts'
import type {JsonScanner} from '../../json/scanner.ts'

/**
 * Follows `path` from the object that the scanner has just read.
 * @returns the offset of the array of records, or -1 if the item is a record itself.
 */
export function findEnvelope(scanner: JsonScanner, bytes: Buffer, path: Buffer[]): number {
  for (let level = 0; level < path.length; level++) {
    const member = findMember(scanner, bytes, path[level])
    if (member < 0) return -1
    const at = scanner.valueStart[member]
    if (level === path.length - 1) return scanner.kind[member] === Kind.Array ? at : -1
    if (scanner.kind[member] !== Kind.Object) return -1
    scanner.object(at, level + 2)
  }
  return -1
}
