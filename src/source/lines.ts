import {type Chunks, SHOWN_BYTES} from './source.ts'

/** A line of a text file, one character per byte (Latin-1), so that its bytes can be recovered. */
export interface Line {
  /** 1-based. */
  line: number
  /** Without its ending; of an overlong line only the first SHOWN_BYTES. */
  text: string
  /** `\n`, `\r\n`, `\r\r\n`, `\r`, or nothing after the last line. */
  ending: string
  /** The number of its bytes if that is more than the limit; else 0. */
  overlong: number
  /** Whether an overlong line holds an odd number of `"`. */
  hasOddQuotes: boolean
}

/** The lines of a text file, as they come, in bounded memory. */
export async function* readLines(chunks: Chunks, maxBytes: number): AsyncIterable<Line[]> {
  const splitter = new LineSplitter(maxBytes)
  for await (const chunk of chunks) {
    const lines = splitter.push(chunk.toString('latin1'))
    if (lines.length > 0) yield lines
  }
  const last = splitter.end()
  if (last.length > 0) yield last
}

/** The bytes that a line, or a part of one, was read from. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

class LineSplitter {
  readonly #maxBytes: number
  /** The line under way; of an overlong one only its start, and the CRs at its end. */
  #carry = ''
  /** Bytes of it that were dropped, and the quotes among them. */
  #dropped = 0
  #droppedQuotes = 0
  #count = 0
  #lines: Line[] = []

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  push(text: string): Line[] {
    const parts = (this.#carry + text).split('\n')
    const rest = parts.pop() ?? ''
    for (const part of parts) this.#split(part, '\n')
    // A CR at the end may be the first half of a line end
    const open = rest.slice(0, rest.length - crsBefore(rest))
    const crs = rest.slice(open.length)
    this.#carry = this.#splitOff(open) + crs
    this.#letGo(crs)
    return this.#take()
  }

  end(): Line[] {
    const parts = this.#carry.split('\r')
    const last = parts.pop() ?? ''
    for (const part of parts) this.#add(part, '\r')
    if (last !== '') this.#add(last, '')
    return this.#take()
  }

  /** Splits what comes before an LF: a line, or lines that end in CR, and perhaps CRs that belong to the LF. */
  #split(part: string, newline: string): void {
    const text = part.slice(0, part.length - crsBefore(part))
    this.#add(this.#splitOff(text), part.slice(text.length) + newline)
  }

  /** Adds the lines that end in CR; returns the text after the last of them. */
  #splitOff(text: string): string {
    if (!text.includes('\r')) return text
    const parts = text.split('\r')
    const rest = parts.pop() ?? ''
    for (const part of parts) this.#add(part, '\r')
    return rest
  }

  #add(text: string, ending: string): void {
    const bytes = this.#dropped + text.length
    const isOverlong = bytes > this.#maxBytes
    const quotes = isOverlong ? this.#droppedQuotes + quotesIn(text) : 0
    this.#dropped = 0
    this.#droppedQuotes = 0
    this.#lines.push({
      line: ++this.#count,
      text: isOverlong ? text.slice(0, SHOWN_BYTES) : text,
      ending,
      overlong: isOverlong ? bytes : 0,
      hasOddQuotes: quotes % 2 === 1,
    })
  }

  /** Keeps only the start of an open line that is over the limit. */
  #letGo(crs: string): void {
    const open = this.#carry.length - crs.length
    if (open <= this.#maxBytes + 1) return
    this.#dropped += open - SHOWN_BYTES
    this.#droppedQuotes += quotesIn(this.#carry.slice(SHOWN_BYTES, open))
    this.#carry = this.#carry.slice(0, SHOWN_BYTES) + crs
  }

  #take(): Line[] {
    const lines = this.#lines
    this.#lines = []
    return lines
  }
}

/** CRs at the end that would belong to a following LF: one, or two if a text mode was applied twice. */
function crsBefore(text: string): number {
  if (!text.endsWith('\r')) return 0
  return text.endsWith('\r\r') ? 2 : 1
}

function quotesIn(text: string): number {
  let count = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++
  return count
}
