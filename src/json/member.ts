import type {JsonScanner} from './scanner.ts'

/**
 * The index of the member with key `name` in the scanner's last object, or -1 if there is none. A key written with
 * escapes also counts, and the last of several members wins, as in most JSON parsers.
 * @param name in UTF-8
 */
export function findMember(scanner: JsonScanner, bytes: Buffer, name: Buffer): number {
  const {keyStart, keyEnd, keyEscaped} = scanner
  for (let i = scanner.count - 1; i >= 0; i--) {
    if (keyEscaped[i] !== 0) {
      const key: string = JSON.parse(bytes.toString('utf8', keyStart[i] - 1, keyEnd[i] + 1))
      if (name.equals(Buffer.from(key))) return i
    } else if (keyEnd[i] - keyStart[i] === name.length) {
      if (bytes.compare(name, 0, name.length, keyStart[i], keyEnd[i]) === 0) return i
    }
  }
  return -1
}
