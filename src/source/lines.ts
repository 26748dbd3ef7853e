import {type Chunks, SHOWN_BYTES} from './source.ts'

/** A line of a text file, one character a byte (Latin-1), so that its bytes can be had back from it. */
export interface Line {
  /** 1-based. */
  line: number
  /** Without its ending; of an overlong line only the first SHOWN_BYTES. */
  text: string
  /** `\n`, `\r\n`, or nothing behind the last line. */
  ending: string
  /** All its bytes, where they are more than the limit; else 0. */
  overlong: number
}

/** The lines of a text file, as they come, in bounded memory. */
export async function* readLines(chunks: Chunks, maxBytes: number): AsyncIterable<Line[]> {
  let carry = ''
  let dropped = 0
  let count = 0
  const lineOf = (part: string, newline: string): Line => {
    const isCrlf = newline !== '' && part.endsWith('\r')
    const text = isCrlf ? part.slice(0, -1) : part
    const bytes = dropped + text.length
    const overlong = bytes > maxBytes ? bytes : 0
    dropped = 0
    count++
    const shown = overlong > 0 ? text.slice(0, SHOWN_BYTES) : text
    return {line: count, text: shown, ending: isCrlf ? '\r\n' : newline, overlong}
  }
  for await (const chunk of chunks) {
    const parts = (carry + chunk.toString('latin1')).split('\n')
    carry = parts.pop() ?? ''
    if (parts.length > 0) yield parts.map((part) => lineOf(part, '\n'))
    if (carry.length > maxBytes + 1) {
      dropped += carry.length - SHOWN_BYTES
      carry = carry.slice(0, SHOWN_BYTES)
    }
  }
  if (carry !== '') yield [lineOf(carry, '')]
}

/** The bytes that a line, or a part of one, was read from. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}
