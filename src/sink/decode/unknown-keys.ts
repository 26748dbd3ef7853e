import type {JsonScanner} from '../../json/scanner.ts'

/** Keys of records that match no column. */
export interface UnknownKeys {
  /** How often any of them was given. */
  count: number
  /** The first MOST_NAMED keys, and how often each was given. */
  names: ReadonlyMap<string, number>
  /** One of the values of each, as written; the beginning of a long one. */
  examples: ReadonlyMap<string, string>
}

export const NO_UNKNOWN_KEYS: UnknownKeys = {count: 0, names: new Map(), examples: new Map()}

/** Most keys counted by name; later ones only count towards the total. */
export const MOST_NAMED = 50

/** Most bytes kept of a key; hostile keys may be a megabyte long. */
const LONGEST = 200

/** Most bytes kept of a value. */
const LONGEST_VALUE = 60

/** Where the members of a record stand in its bytes: keys without quotes, and values. */
type Members = Pick<JsonScanner, 'keyStart' | 'keyEnd' | 'valueStart' | 'valueEnd'>

interface Counter {
  n: number
  example: string
}

/** Number of positions in a record at which the last key is remembered. */
const REMEMBERED = 256

/**
 * Counts unknown keys by name. Producers repeat the same keys at the same positions, so comparing bytes usually
 * recognises a key without making a string of it.
 */
export class UnknownKeyCounter {
  readonly #counters = new Map<string, Counter>()
  readonly #seen: Array<{key: Buffer; counter: Counter} | undefined> = []
  #count = 0

  /** Counts the key of the member at `position`. */
  add(bytes: Buffer, members: Members, position: number): void {
    const start = members.keyStart[position]
    const end = members.keyEnd[position]
    this.#count++
    const seen = this.#seen[position]
    if (
      seen &&
      seen.key.length === end - start &&
      bytes.compare(seen.key, 0, end - start, start, end) === 0
    ) {
      seen.counter.n++
      return
    }
    const counter = this.#counter(bytes, members, position)
    if (!counter) return
    counter.n++
    if (position < REMEMBERED && end - start <= LONGEST) {
      this.#seen[position] = {key: Buffer.from(bytes.subarray(start, end)), counter}
    }
  }

  /** Counts a value inside a record by its path. */
  addPath(path: string, bytes: Buffer, start: number, end: number): void {
    this.#count++
    const counter = this.#named(path, bytes, start, end)
    if (counter) counter.n++
  }

  #counter(bytes: Buffer, {keyStart, keyEnd, valueStart, valueEnd}: Members, i: number): Counter | undefined {
    return this.#named(keyText(bytes, keyStart[i], keyEnd[i]), bytes, valueStart[i], valueEnd[i])
  }

  #named(name: string, bytes: Buffer, start: number, end: number): Counter | undefined {
    const known = this.#counters.get(name)
    if (known || this.#counters.size >= MOST_NAMED) return known
    const counter = {n: 0, example: valueText(bytes, start, end)}
    this.#counters.set(name, counter)
    return counter
  }

  /** The counts since the last call. */
  take(): UnknownKeys {
    const names = new Map<string, number>()
    const examples = new Map<string, string>()
    for (const [name, counter] of this.#counters) {
      if (counter.n > 0) {
        names.set(name, counter.n)
        examples.set(name, counter.example)
      }
      counter.n = 0
    }
    const count = this.#count
    this.#count = 0
    return {count, names, examples}
  }
}

/** The key as text; a very long one is truncated. */
export function keyText(bytes: Buffer, start: number, end: number): string {
  if (end - start > LONGEST) return `${bytes.toString('utf8', start, start + LONGEST)}…`
  const raw = bytes.toString('utf8', start, end)
  return raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw
}

function valueText(bytes: Buffer, start: number, end: number): string {
  if (end - start <= LONGEST_VALUE) return bytes.toString('utf8', start, end)
  return `${bytes.toString('utf8', start, start + LONGEST_VALUE)}…`
}
