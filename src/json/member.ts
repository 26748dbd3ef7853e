import type {JsonScanner} from './scanner.ts'

/**
 * The index of the member with key `name` in the scanner's last object, or -1 if there is none. A key written with
 * escapes also counts, and the last of several members wins, as in most JSON parsers.
 * @param name in UTF-8
 */
export function findMember(scanner: JsonScanner, bytes: Buffer, name: Buffer): number {
  for (let i = scanner.count - 1; i >= 0; i--) if (hasKeyOf(scanner, bytes, i, name)) return i
  return -1
}

/** Whether member `i` of the scanner's last object has this key. @param name in UTF-8 */
export function hasKeyOf(scanner: JsonScanner, bytes: Buffer, i: number, name: Buffer): boolean {
  const start = scanner.keyStart[i]
  const end = scanner.keyEnd[i]
  if (scanner.keyEscaped[i] !== 0) {
    const key: string = JSON.parse(bytes.toString('utf8', start - 1, end + 1))
    return name.equals(Buffer.from(key))
  }
  return end - start === name.length && bytes.compare(name, 0, name.length, start, end) === 0
}
