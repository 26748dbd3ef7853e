/** Keys of records that name no column. */
export interface UnknownKeys {
  /** How often one was given. */
  count: number
  /** Each of the first MOST_NAMED with how often it was given. */
  names: ReadonlyMap<string, number>
}

export const NO_UNKNOWN_KEYS: UnknownKeys = {count: 0, names: new Map()}

/** Names told apart; whatever comes after them is only counted. */
export const MOST_NAMED = 50

/** Bytes of a key that are kept; hostile keys may be a megabyte long. */
const LONGEST = 200

/** Positions in a record at which the key seen last is remembered. */
const REMEMBERED = 256

/**
 * Counts unknown keys by name. Producers repeat the same keys at the same positions, so that a key is mostly told by
 * its bytes, without making a string of it.
 */
export class UnknownKeyCounter {
  readonly #counters = new Map<string, {n: number}>()
  readonly #seen: Array<{key: Buffer; counter: {n: number}} | undefined> = []
  #count = 0

  /** Notes the key `bytes[start..end]` (as JSON writes it, without quotes) of the member at `position`. */
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

  /** What was noted since the last call. */
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

/** The key as text; one that is very long is cut. */
function keyText(bytes: Buffer, start: number, end: number): string {
  if (end - start > LONGEST) return `${bytes.toString('utf8', start, start + LONGEST)}…`
  const raw = bytes.toString('utf8', start, end)
  return raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw
}
