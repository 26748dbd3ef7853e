/** Objects with more keys than this are checked with a Set, because hostile keys could make the table slow. */
const MOST_PROBED = 64

/** At least twice the number of keys that the table may hold. */
const SLOTS = 256

/** Positions keep rising from object to object, so that the table need not be cleared; past this, it is cleared. */
const LAST_BASE = 2 ** 30

/**
 * Finds a key that an object gives twice. Parsers disagree about such an object (Postgres's `jsonb` and JavaScript
 * keep the last value, others the first), so nobody knows what its producer meant.
 *
 * A small hash table over the length and three bytes of each key distinguishes nearly all keys without reading the
 * rest of them: 40 ns for an object of seven keys, compared with 700 ns for a Set of strings.
 */
export class RepeatedKey {
  readonly #slots = new Int32Array(SLOTS)
  #base = 1

  /**
   * Key `i` is `bytes[starts[i]..ends[i]]`, without its quotes.
   * @param from first key of the object
   * @param to one past its last
   * @param escaped not 0 if a key holds a backslash: all keys are then compared with their escapes resolved
   * @returns index of the second of two equal keys, or -1
   */
  find(
    bytes: Uint8Array,
    starts: Int32Array,
    ends: Int32Array,
    from: number,
    to: number,
    escaped: number,
  ): number {
    if (to - from < 2) return -1
    if (escaped !== 0 || to - from > MOST_PROBED) return findByText(bytes, starts, ends, from, to)
    const slots = this.#slots
    const base = this.#nextBase(to - from)
    for (let i = from; i < to; i++) {
      const start = starts[i]
      const end = ends[i]
      const middle = (start + end) >> 1
      let slot =
        ((end - start) * 7 + bytes[start] * 31 + bytes[middle] * 13 + bytes[end - 1] * 17) & (SLOTS - 1)
      while (slots[slot] >= base) {
        const other = from + slots[slot] - base
        if (isSame(bytes, starts[other], ends[other], start, end)) return i
        slot = (slot + 1) & (SLOTS - 1)
      }
      slots[slot] = base + i - from
    }
    return -1
  }

  #nextBase(count: number): number {
    if (this.#base > LAST_BASE) {
      this.#slots.fill(0)
      this.#base = 1
    }
    const base = this.#base
    this.#base += count
    return base
  }
}

function isSame(bytes: Uint8Array, start: number, end: number, from: number, to: number): boolean {
  if (end - start !== to - from) return false
  for (let i = start, j = from; i < end; i++, j++) if (bytes[i] !== bytes[j]) return false
  return true
}

function findByText(
  bytes: Uint8Array,
  starts: Int32Array,
  ends: Int32Array,
  from: number,
  to: number,
): number {
  const seen = new Set<string>()
  for (let i = from; i < to; i++) {
    const text: string = JSON.parse(`"${textOf(bytes, starts[i], ends[i])}"`)
    if (seen.has(text)) return i
    seen.add(text)
  }
  return -1
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString()
}

/** The keys of nested objects; those of the innermost come last. */
export class KeyStack {
  starts = new Int32Array(64)
  ends = new Int32Array(64)
  length = 0

  push(start: number, end: number): void {
    if (this.length === this.starts.length) {
      const size = this.length * 2
      this.starts = wider(new Int32Array(size), this.starts)
      this.ends = wider(new Int32Array(size), this.ends)
    }
    this.starts[this.length] = start
    this.ends[this.length++] = end
  }
}

/** Copies a smaller array into `array`. */
export function wider<T extends Int32Array | Uint8Array>(array: T, old: T): T {
  array.set(old)
  return array
}
