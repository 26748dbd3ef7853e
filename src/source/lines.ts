import type {Chunks} from './source.ts'

/** Longest line of a track file. */
const LINE_BYTES = 64 * 1024

/** The lines of a text file with their numbers; an overlong line comes in pieces. Bytes are read as Latin-1. */
export async function* readLines(chunks: Chunks): AsyncIterable<{line: number; text: string}> {
  let carry = ''
  let line = 0
  for await (const chunk of chunks) {
    const parts = (carry + chunk.toString('latin1')).split(/\r?\n/)
    carry = parts.pop() ?? ''
    for (const text of parts) yield {line: ++line, text}
    if (carry.length > LINE_BYTES) {
      yield {line: ++line, text: carry}
      carry = ''
    }
  }
  if (carry !== '') yield {line: ++line, text: carry}
}
