import {snakeCase} from '../../config/mapping/snake-case.ts'
import type {JsonScanner} from '../../json/scanner.ts'

/** Most positions remembered, and the longest key: hostile records may have a million keys of a megabyte. */
const REMEMBERED = 256

/** The number of a key that matches nothing. */
export const UNKNOWN = -1

/**
 * Finds what each key of an object stands for, by a number: the index of a column, or a use beyond them. Producers
 * write the keys of a record in the same order again and again, so the key last seen at a position is compared first;
 * only if it differs is the map looked up.
 */
export class RecordMap {
  readonly #byKey: ReadonlyMap<string, number>
  readonly #seen: Array<{key: Buffer; number: number} | undefined> = []
  /** A key such as `deviceId` also stands for what `device_id` does. */
  readonly camelCase: boolean
  /** Keys that were asked for and that no record has given so far. */
  readonly unseen: Set<string>

  constructor(
    byKey: ReadonlyMap<string, number>,
    {camelCase = false, watched = []}: {camelCase?: boolean; watched?: readonly string[]} = {},
  ) {
    this.#byKey = byKey
    this.camelCase = camelCase
    this.unseen = new Set(watched)
  }

  /** Whether a record key matches something. */
  has(key: string): boolean {
    return this.#find(key) !== UNKNOWN
  }

  /** The number of member `i` of the scanner's last object, or UNKNOWN. */
  column(scanner: JsonScanner, bytes: Buffer, i: number): number {
    const start = scanner.keyStart[i]
    const end = scanner.keyEnd[i]
    const seen = this.#seen[i]
    if (seen && seen.key.length === end - start && sameBytes(seen.key, bytes, start)) return seen.number
    const raw = bytes.toString('utf8', start, end)
    const key: string = scanner.keyEscaped[i] ? JSON.parse(`"${raw}"`) : raw
    const number = this.#find(key)
    this.unseen.delete(key)
    if (i < REMEMBERED && key.length < REMEMBERED) {
      this.#seen[i] = {key: Buffer.from(bytes.subarray(start, end)), number}
    }
    return number
  }

  #find(key: string): number {
    const exact = this.#byKey.get(key)
    if (exact !== undefined || !this.camelCase) return exact ?? UNKNOWN
    return this.#byKey.get(snakeCase(key) ?? key) ?? UNKNOWN
  }
}

function sameBytes(key: Buffer, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < key.length; i++) if (key[i] !== bytes[start + i]) return false
  return true
}
