import {SpanBatcher} from './batcher.ts'
import {type Chunks, SHOWN_BYTES, type Source} from './source.ts'

const NEWLINE = 0x0a
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/**
 * One JSON object a line. Blank lines are passed over, CR before the newline and a byte order mark before the
 * first line are dropped, the last line needs no newline. An overlong line is refused without being held.
 */
export async function* readNdjson(name: string, chunks: Chunks, maxBytes: number): Source {
  const reader = new LineReader(name, maxBytes)
  for await (const chunk of chunks) {
    if (reader.take(chunk)) yield reader.batch()
  }
  if (reader.finish()) yield reader.batch()
}

class LineReader {
  readonly #spans: SpanBatcher
  readonly #maxBytes: number
  /** The start of a line whose end has not come; for an overlong one only its first bytes. */
  #carry: Buffer = Buffer.alloc(0)
  /** Bytes of the overlong line so far, or 0. */
  #overlong = 0
  #line = 0

  constructor(name: string, maxBytes: number) {
    this.#spans = new SpanBatcher(name, maxBytes)
    this.#maxBytes = maxBytes
  }

  /** Splits what has come; false where no line has ended in it. */
  take(chunk: Buffer): boolean {
    const bytes = this.#overlong > 0 || this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk])
    const last = bytes.lastIndexOf(NEWLINE)
    if (last < 0) {
      this.#keep(bytes)
      return false
    }
    this.#spans.open(bytes, last + 1)
    let start = this.#overlong > 0 ? this.#endOverlong(bytes) : 0
    while (start <= last) {
      const end = bytes.indexOf(NEWLINE, start)
      this.#add(bytes, start, end)
      start = end + 1
    }
    this.#carry = Buffer.alloc(0)
    this.#keep(bytes.subarray(last + 1))
    return true
  }

  /** The last line; false where there is none. */
  finish(): boolean {
    if (this.#overlong > 0) {
      this.#spans.open(this.#carry, 0)
      this.#rejectOverlong()
      return true
    }
    if (this.#carry.length === 0) return false
    this.#spans.open(this.#carry, this.#carry.length)
    this.#add(this.#carry, 0, this.#carry.length)
    return true
  }

  batch() {
    return this.#spans.batch()
  }

  #add(bytes: Buffer, from: number, to: number): void {
    this.#line++
    let start = from
    let end = to
    if (end > start && bytes[end - 1] === 0x0d) end--
    if (this.#line === 1 && bytes.subarray(start, start + 3).equals(BOM)) start += 3
    if (isBlank(bytes, start, end)) return
    this.#spans.add(start, end, this.#line)
  }

  #keep(rest: Buffer): void {
    if (this.#overlong > 0) this.#overlong += rest.length
    else if (rest.length <= this.#maxBytes + BOM.length + 1) this.#carry = Buffer.from(rest)
    else {
      this.#carry = Buffer.from(rest.subarray(0, SHOWN_BYTES))
      this.#overlong = rest.length
    }
  }

  /** Refuses the line that has ended here; returns where the next one starts. */
  #endOverlong(bytes: Buffer): number {
    const end = bytes.indexOf(NEWLINE)
    this.#overlong += end
    this.#rejectOverlong()
    return end + 1
  }

  #rejectOverlong(): void {
    this.#line++
    const message = `is ${this.#overlong} bytes, more than the limit of ${this.#maxBytes}`
    this.#spans.reject({line: this.#line, code: 'SIZE', message, bytes: this.#carry})
    this.#overlong = 0
    this.#carry = Buffer.alloc(0)
  }
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== 0x20 && bytes[i] !== 0x09) return false
  return true
}
