import {isUtf8} from 'node:buffer'
import {ItemCheck} from '../json/item.ts'
import type {Batch, Flight, Reject} from './source.ts'
import {SHOWN_BYTES} from './source.ts'

/** Collects spans of one buffer after another into batches, checking each as an item. */
export class SpanBatcher {
  /** Rejects that make a batch full: a file of nothing but bad lines must not be held in memory. */
  static readonly MOST_REJECTS = 1000
  readonly #source: string
  readonly #check: ItemCheck
  #bytes: Buffer = Buffer.alloc(0)
  #utf8 = false
  #count = 0
  #starts = new Uint32Array(4096)
  #ends = new Uint32Array(4096)
  #lines = new Uint32Array(4096)
  #rejects: Reject[] = []
  #itemsBefore: number[] = []

  /** @param outerDepth levels of nesting that will surround each span */
  constructor(source: string, maxBytes: number, outerDepth = 0) {
    this.#source = source
    this.#check = new ItemCheck(maxBytes, outerDepth)
  }

  /** The spans that follow lie in `bytes[..end]`. */
  open(bytes: Buffer, end: number): void {
    this.#bytes = bytes
    // One call for the block is many times cheaper than one per line.
    this.#utf8 = isUtf8(bytes.subarray(0, end))
    this.next()
  }

  /** Begins another batch on the same bytes. */
  next(): void {
    this.#count = 0
    this.#rejects = []
    this.#itemsBefore = []
  }

  get isEmpty(): boolean {
    return this.#count + this.#rejects.length === 0
  }

  get isFull(): boolean {
    return this.#rejects.length >= SpanBatcher.MOST_REJECTS
  }

  /** Checks one span. A reject gets `line`, and `raw` in place of the span if the span is not what was read. */
  add(start: number, end: number, line: number, raw?: Buffer): void {
    const refusal = this.#utf8
      ? this.#check.checkText(this.#bytes, start, end)
      : this.#check.check(this.#bytes, start, end)
    if (refusal) {
      const bytes = raw ?? this.#bytes.subarray(start, end)
      const kept = refusal.code === 'SIZE' ? bytes.subarray(0, SHOWN_BYTES) : bytes
      this.reject({line, ...refusal, bytes: Buffer.from(kept)})
      return
    }
    if (this.#count === this.#starts.length) this.#grow()
    this.#starts[this.#count] = start
    this.#lines[this.#count] = line
    this.#ends[this.#count++] = end
  }

  reject(reject: Omit<Reject, 'source'>): void {
    this.#rejects.push({source: this.#source, ...reject})
    this.#itemsBefore.push(this.#count)
  }

  batch(): Batch {
    return {
      source: this.#source,
      bytes: this.#bytes,
      count: this.#count,
      starts: this.#starts,
      ends: this.#ends,
      lines: this.#lines,
      rejects: this.#rejects,
      itemsBefore: this.#itemsBefore,
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
    this.#lines = wider(this.#lines)
  }
}

/** Collects the texts that a reader has built, each with the bytes it was built from. */
export class TextBatcher {
  static readonly SIZE = 1000
  readonly #spans: SpanBatcher
  #texts: string[] = []
  #lines: number[] = []
  #raws: Buffer[] = []
  #rejects: Array<Omit<Reject, 'source'>> = []
  #flights: Flight[] = []

  constructor(source: string, maxBytes: number) {
    this.#spans = new SpanBatcher(source, maxBytes)
  }

  /** Whether the batch is full. */
  get isFull(): boolean {
    return this.#texts.length + this.#rejects.length >= TextBatcher.SIZE
  }

  get isEmpty(): boolean {
    return this.#texts.length + this.#rejects.length + this.#flights.length === 0
  }

  add(text: string, line: number, raw: Buffer): void {
    this.#texts.push(text)
    this.#lines.push(line)
    this.#raws.push(raw)
  }

  reject(line: number, code: string, message: string, raw: Buffer): void {
    this.#rejects.push({line, code, message, bytes: raw})
  }

  announce(flight: Flight): void {
    this.#flights.push(flight)
  }

  /** Returns the batch and starts a new one. */
  take(): Batch {
    const bytes = Buffer.from(this.#texts.join(''))
    this.#spans.open(bytes, bytes.length)
    let at = 0
    let refused = 0
    const refuseBefore = (line: number) => {
      for (; refused < this.#rejects.length && this.#rejects[refused].line < line; refused++) {
        this.#spans.reject(this.#rejects[refused])
      }
    }
    this.#texts.forEach((text, i) => {
      const end = at + Buffer.byteLength(text)
      refuseBefore(this.#lines[i])
      this.#spans.add(at, end, this.#lines[i], this.#raws[i])
      at = end
    })
    refuseBefore(Number.POSITIVE_INFINITY)
    const batch = {...this.#spans.batch(), flights: this.#flights}
    this.#texts = []
    this.#lines = []
    this.#raws = []
    this.#rejects = []
    this.#flights = []
    return batch
  }
}
