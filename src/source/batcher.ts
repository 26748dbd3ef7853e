import {isUtf8} from 'node:buffer'
import {ItemCheck} from '../json/item.ts'
import type {Batch, Flight, Reject} from './source.ts'
import {SHOWN_BYTES} from './source.ts'

/** Collects spans of one buffer after another into batches, checking each as an item. */
export class SpanBatcher {
  readonly #source: string
  readonly #check: ItemCheck
  #bytes: Buffer = Buffer.alloc(0)
  #utf8 = false
  #count = 0
  #starts = new Uint32Array(4096)
  #ends = new Uint32Array(4096)
  #rejects: Reject[] = []

  constructor(source: string, maxBytes: number) {
    this.#source = source
    this.#check = new ItemCheck(maxBytes)
  }

  /** The spans that follow lie in `bytes[..end]`. */
  open(bytes: Buffer, end: number): void {
    this.#bytes = bytes
    // One call for the block is many times cheaper than one a line.
    this.#utf8 = isUtf8(bytes.subarray(0, end))
    this.#count = 0
    this.#rejects = []
  }

  /** Judges one span; `line` goes with it where it is refused. */
  add(start: number, end: number, line: number): void {
    const refusal = this.#utf8
      ? this.#check.checkText(this.#bytes, start, end)
      : this.#check.check(this.#bytes, start, end)
    if (refusal) {
      const kept = refusal.code === 'SIZE' ? Math.min(end, start + SHOWN_BYTES) : end
      this.reject({line, ...refusal, bytes: Buffer.from(this.#bytes.subarray(start, kept))})
      return
    }
    if (this.#count === this.#starts.length) this.#grow()
    this.#starts[this.#count] = start
    this.#ends[this.#count++] = end
  }

  reject(reject: Omit<Reject, 'source'>): void {
    this.#rejects.push({source: this.#source, ...reject})
  }

  batch(): Batch {
    return {
      source: this.#source,
      bytes: this.#bytes,
      count: this.#count,
      starts: this.#starts,
      ends: this.#ends,
      rejects: this.#rejects,
      flights: [],
    }
  }

  #grow(): void {
    const wider = (old: Uint32Array) => {
      const array = new Uint32Array(old.length * 2)
      array.set(old)
      return array
    }
    this.#starts = wider(this.#starts)
    this.#ends = wider(this.#ends)
  }
}

/** Collects texts that a reader has built. */
export class TextBatcher {
  static readonly SIZE = 1000
  readonly #spans: SpanBatcher
  #texts: string[] = []
  #lines: number[] = []
  #rejects: Array<Omit<Reject, 'source'>> = []
  #flights: Flight[] = []

  constructor(source: string, maxBytes: number) {
    this.#spans = new SpanBatcher(source, maxBytes)
  }

  /** Enough for a batch. */
  get isFull(): boolean {
    return this.#texts.length + this.#rejects.length >= TextBatcher.SIZE
  }

  get isEmpty(): boolean {
    return this.#texts.length + this.#rejects.length + this.#flights.length === 0
  }

  add(text: string, line: number): void {
    this.#texts.push(text)
    this.#lines.push(line)
  }

  reject(line: number, code: string, message: string, text: string): void {
    this.#rejects.push({line, code, message, bytes: Buffer.from(text)})
  }

  announce(flight: Flight): void {
    this.#flights.push(flight)
  }

  /** The batch so far; a new one begins. */
  take(): Batch {
    const bytes = Buffer.from(this.#texts.join(''))
    this.#spans.open(bytes, bytes.length)
    let at = 0
    this.#texts.forEach((text, i) => {
      const end = at + Buffer.byteLength(text)
      this.#spans.add(at, end, this.#lines[i])
      at = end
    })
    for (const reject of this.#rejects) this.#spans.reject(reject)
    const batch = {...this.#spans.batch(), flights: this.#flights}
    this.#texts = []
    this.#lines = []
    this.#rejects = []
    this.#flights = []
    return batch
  }
}
