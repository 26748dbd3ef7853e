/** Keys of records that match no column. */
export interface UnknownKeys {
  /** How often any of them was given. */
  count: number
  /** The first MOST_NAMED keys, and how often each was given. */
  names: ReadonlyMap<string, number>
}

export const NO_UNKNOWN_KEYS: UnknownKeys = {count: 0, names: new Map()}

/** Most keys counted by name; later ones only count towards the total. */
export const MOST_NAMED = 50

/** Most bytes kept of a key; hostile keys may be a megabyte long. */
const LONGEST = 200

/** Number of positions in a record at which the last key is remembered. */
const REMEMBERED = 256

/**
 * Counts unknown keys by name. Producers repeat the same keys at the same positions, so comparing bytes usually
 * recognises a key without making a string of it.
 */
export class UnknownKeyCounter {
  readonly #counters = new Map<string, {n: number}>()
  readonly #seen: Array<{key: Buffer; counter: {n: number}} | undefined> = []
  #count = 0

  /** Counts the key `bytes[start..end]` (as written in JSON, without quotes) of the member at `position`. */
  add(bytes: Buffer, start: number, end: number, position: number): void {
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
    const counter = this.#counter(bytes, start, end)
    if (!counter) return
    counter.n++
    if (position < REMEMBERED && end - start <= LONGEST) {
      this.#seen[position] = {key: Buffer.from(bytes.subarray(start, end)), counter}
    }
  }

  #counter(bytes: Buffer, start: number, end: number): {n: number} | undefined {
    const name = keyText(bytes, start, end)
    const known = this.#counters.get(name)
    if (known || this.#counters.size >= MOST_NAMED) return known
    const counter = {n: 0}
    this.#counters.set(name, counter)
    return counter
  }

  /** The counts since the last call. */
  take(): UnknownKeys {
    const names = new Map<string, number>()
    for (const [name, counter] of this.#counters) {
      if (counter.n > 0) names.set(name, counter.n)
      counter.n = 0
    }
    const count = this.#count
    this.#count = 0
    return {count, names}
  }
}

/** The key as text; a very long one is truncated. */
function keyText(bytes: Buffer, start: number, end: number): string {
  if (end - start > LONGEST) return `${bytes.toString('utf8', start, start + LONGEST)}…`
  const raw = bytes.toString('utf8', start, end)
  return raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw
}
