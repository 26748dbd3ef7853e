import {type JsonScanner, Kind} from '../json/scanner.ts'

/**
 * Follows `path` from the object the scanner has just read.
 * @returns the offset of the array of records, or -1 where the item is a record itself.
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

/** The last member of that name, as in every JSON parser; -1 where there is none. */
function findMember(scanner: JsonScanner, bytes: Buffer, name: Buffer): number {
  for (let i = scanner.count - 1; i >= 0; i--) {
    const start = scanner.keyStart[i]
    if (scanner.keyEnd[i] - start !== name.length) continue
    if (bytes.compare(name, 0, name.length, start, scanner.keyEnd[i]) === 0) return i
  }
  return -1
}
