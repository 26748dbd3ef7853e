/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

const COMMA = 0x2c
const CLOSE_ARRAY = 0x5d
const CLOSE_OBJECT = 0x7d

/**
 * The distinct values that the records of a lease give for one foreign key, as JSON. They are kept and compared as bytes:
 * making a string of every value to look it up in a Map took a seventh of a worker's time.
 */
export class KeyIndex {
  /** How many distinct values there are. */
  count = 0
  /** Pairs of record and number of its value, from 0; a record with a null in the key has no pair. */
  readonly ofRecord: number[] = []
  /** What stands before each column's value: `{"0":`, `,"1":` … */
  readonly #names: Buffer[]
  /** An array of one object for each value; its closing bracket is not counted. */
  #bytes = Buffer.alloc(64, '[')
  #length = 1
  /** Where each object begins, and the hash of its value. */
  readonly #starts: number[] = []
  readonly #hashes: number[] = []
  /** Hash → number of a value, by linear probing; -1 is free. */
  #slots = new Int32Array(64).fill(-1)

  /** @param columns how many the key has */
  constructor(columns: number) {
    this.#names = Array.from({length: columns}, (_, i) => Buffer.from(`${i === 0 ? '{' : ','}"${i}":`))
  }

  /** Adds the value of a record: the JSON text of column c is `bytes[spans[2c]..spans[2c + 1]]`. */
  add(record: number, bytes: Buffer, spans: Int32Array): void {
    const hash = hashOf(bytes, spans)
    let slot = hash & (this.#slots.length - 1)
    while (this.#slots[slot] >= 0 && !this.#isAt(this.#starts[this.#slots[slot]], bytes, spans)) {
      slot = (slot + 1) & (this.#slots.length - 1)
    }
    if (this.#slots[slot] < 0) {
      this.#slots[slot] = this.count++
      this.#hashes.push(hash)
      this.#write(bytes, spans)
    }
    this.ofRecord.push(record, this.#slots[slot])
    if (this.count * 2 > this.#slots.length) this.#grow()
  }

  /** The distinct values as a JSON array of objects, whose keys number the columns from 0. */
  json(): Buffer {
    this.#bytes[this.#length] = CLOSE_ARRAY
    return this.#bytes.subarray(0, this.#length + 1)
  }

  #write(bytes: Buffer, spans: Int32Array): void {
    const names = this.#names
    // A comma, the closing brace, and the bracket that ends the array
    let size = 3
    for (let c = 0; c < names.length; c++) size += names[c].length + spans[2 * c + 1] - spans[2 * c]
    this.#reserve(size)
    const own = this.#bytes
    let at = this.#length
    if (at > 1) own[at++] = COMMA
    this.#starts.push(at)
    for (let c = 0; c < names.length; c++) {
      at += names[c].copy(own, at)
      at += bytes.copy(own, at, spans[2 * c], spans[2 * c + 1])
    }
    own[at++] = CLOSE_OBJECT
    this.#length = at
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(2 * (this.#length + size))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }

  /** Whether the object at a position holds this value. */
  #isAt(start: number, bytes: Buffer, spans: Int32Array): boolean {
    const own = this.#bytes
    let at = start
    for (let c = 0; c < this.#names.length; c++) {
      // The value before may only begin with this one's
      if (c > 0 && own[at] !== COMMA) return false
      at += this.#names[c].length
      for (let p = spans[2 * c]; p < spans[2 * c + 1]; p++) if (own[at++] !== bytes[p]) return false
    }
    return own[at] === CLOSE_OBJECT
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1)
    this.#hashes.forEach((hash, index) => {
      let slot = hash & (slots.length - 1)
      while (slots[slot] >= 0) slot = (slot + 1) & (slots.length - 1)
      slots[slot] = index
    })
    this.#slots = slots
  }
}

function hashOf(bytes: Buffer, spans: Int32Array): number {
  let hash = FNV_OFFSET
  for (let i = 0; i < spans.length; i += 2) {
    for (let p = spans[i]; p < spans[i + 1]; p++) hash = Math.imul(hash ^ bytes[p], FNV_PRIME)
    hash = Math.imul(hash, FNV_PRIME)
  }
  // The low bits of FNV mix less than the high ones
  return (hash ^ (hash >>> 15)) >>> 0
}
