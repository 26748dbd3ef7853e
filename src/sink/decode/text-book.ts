const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

const LEAST_BYTES = 64 * 1024

/**
 * JSON objects, one for each record, end to end in a buffer that grows as needed. Statements need the same records again
 * and again, and a buffer for every object and value would keep the garbage collector busy.
 */
export class TextBook {
  #bytes: Buffer = Buffer.alloc(0)
  #length = 0
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  has(record: number): boolean {
    return this.#ends[record] !== undefined
  }

  /** Where the object of a record stands: `bytes[start..end]`, until the next one is written. */
  at(record: number): {bytes: Buffer; start: number; end: number} {
    return {bytes: this.#bytes, start: this.#starts[record], end: this.#ends[record]}
  }

  /** Begins the object of a record. */
  begin(record: number): void {
    this.#starts[record] = this.#length
    this.#reserve(1)
    this.#bytes[this.#length++] = OPEN_OBJECT
  }

  /** Adds a member to the object begun last. @param key with its quotes and the colon */
  member(key: Buffer, source: Buffer, start = 0, end = source.length): void {
    const size = end - start
    this.#reserve(key.length + size + 1)
    if (this.#bytes[this.#length - 1] !== OPEN_OBJECT) this.#bytes[this.#length++] = COMMA
    this.#bytes.set(key, this.#length)
    this.#length += key.length
    source.copy(this.#bytes, this.#length, start, end)
    this.#length += size
  }

  /** Ends the object of a record. */
  end(record: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = CLOSE_OBJECT
    this.#ends[record] = this.#length
  }

  /** Takes the object of a record as it is. */
  put(record: number, object: Buffer): void {
    this.#reserve(object.length)
    this.#starts[record] = this.#length
    object.copy(this.#bytes, this.#length)
    this.#length += object.length
    this.#ends[record] = this.#length
  }

  /** The objects of these records as one JSON array. */
  array(records: number[]): Buffer {
    const size = records.reduce((sum, record) => sum + this.#ends[record] - this.#starts[record], 0)
    const array = Buffer.allocUnsafeSlow(size + records.length + 2)
    let at = 0
    array[at++] = OPEN_ARRAY
    for (const record of records) {
      if (at > 1) array[at++] = COMMA
      at += this.#bytes.copy(array, at, this.#starts[record], this.#ends[record])
    }
    array[at++] = CLOSE_ARRAY
    return array.subarray(0, at)
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(LEAST_BYTES, 2 * (this.#length + size)))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
