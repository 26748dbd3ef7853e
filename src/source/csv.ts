import {isUtf8} from 'node:buffer'
import {usageError} from '../errors.ts'
import {TextBatcher} from './batcher.ts'
import {rowState, splitRow} from './csv-row.ts'
import {bytesOf, type Line, readLines} from './lines.ts'
import type {Chunks, Source} from './source.ts'

/** A cell that is a number exactly as JSON writes one keeps its digits; 007 and +1 stay text. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

const DELIMITERS = [',', ';', '\t']

/** A byte order mark, read as Latin-1. */
const BOM = /^\u00ef\u00bb\u00bf/

/**
 * Rows under a header line, as records. An empty cell leaves its key out. The delimiter (comma, semicolon or tab)
 * is the one that makes the most columns of the header. A bad row is refused and costs no other.
 * @throws QtoolError (usage) where the header cannot name the keys
 */
export async function* readCsv(name: string, chunks: Chunks, maxBytes: number): Source {
  const batcher = new TextBatcher(name, maxBytes)
  const reader = new CsvReader(name, batcher, maxBytes)
  for await (const lines of readLines(chunks, maxBytes)) {
    reader.take(lines)
    while (reader.read(false)) yield batcher.take()
    if (!batcher.isEmpty) yield batcher.take()
  }
  while (reader.read(true)) yield batcher.take()
  if (!batcher.isEmpty) yield batcher.take()
}

class CsvReader {
  readonly #name: string
  readonly #batcher: TextBatcher
  readonly #maxBytes: number
  #delimiter = ','
  /** Each as `"key":`; none before the header has been read. */
  #keys: string[] = []
  /** Read but not yet used up to `#next`: a quoted cell may go on in lines that have not come. */
  #lines: Line[] = []
  #next = 0

  constructor(name: string, batcher: TextBatcher, maxBytes: number) {
    this.#name = name
    this.#batcher = batcher
    this.#maxBytes = maxBytes
  }

  take(lines: Line[]): void {
    this.#lines = this.#lines.slice(this.#next).concat(lines)
    this.#next = 0
  }

  /** Reads rows until a batch is full (true) or the lines are used up (false). */
  read(isLast: boolean): boolean {
    while (this.#next < this.#lines.length) {
      const used = this.#row(this.#lines[this.#next], isLast)
      if (used === 0) return false
      this.#next += used
      if (this.#batcher.isFull) return true
    }
    return false
  }

  /** Reads the row that begins here; returns how many lines it took, 0 where its end has not come. */
  #row(first: Line, isLast: boolean): number {
    if (first.overlong > 0) return this.#reject(first, 'SIZE', `is ${first.overlong} bytes long`)
    if (first.text.trim() === '') return 1
    if (this.#keys.length === 0) return this.#header(first.text)
    let text = first.text
    let state = rowState(text, this.#delimiter, 'closed')
    let used = 1
    for (; state === 'open'; used++) {
      const line = this.#lines[this.#next + used]
      if (line === undefined && !isLast) return 0
      if (line === undefined || line.overlong > 0 || text.length > this.#maxBytes) break
      text += this.#lines[this.#next + used - 1].ending + line.text
      state = rowState(line.text, this.#delimiter, 'open')
    }
    // Where a quote goes wrong, only the line with it is lost: what follows may be rows of their own
    if (state === 'open') return this.#reject(first, 'FORMAT', 'opens a quote that is not closed')
    if (state === 'bad') return this.#reject(first, 'FORMAT', 'has a quote where none can be')
    this.#add(text, first.line)
    return used
  }

  #reject({line, text}: Line, code: string, message: string): number {
    this.#batcher.reject(line, code, message, bytesOf(text))
    return 1
  }

  #header(text: string): number {
    const header = text.replace(BOM, '')
    const columns = DELIMITERS.map((delimiter) => ({delimiter, names: splitHeader(header, delimiter)}))
    const best = columns.reduce((a, b) => (b.names.length > a.names.length ? b : a))
    const names = best.names.map((name) => bytesOf(name).toString().trim())
    const isGood = names.every((name, i) => name !== '' && names.indexOf(name) === i)
    if (!isGood || names.length === 0 || !isUtf8(bytesOf(header))) {
      throw usageError(
        `expected the first line of ${this.#name} to name each column once, got ${JSON.stringify(header.slice(0, 200))}`,
        'give the file a header line; its names become the keys of the records',
      )
    }
    this.#delimiter = best.delimiter
    this.#keys = names.map((name) => `${JSON.stringify(name)}:`)
    return 1
  }

  #add(text: string, line: number): void {
    const cells = splitRow(text, this.#delimiter)
    const raw = bytesOf(text)
    if (cells.length !== this.#keys.length) {
      const message = `has ${cells.length} cells, the header has ${this.#keys.length}`
      this.#batcher.reject(line, 'FORMAT', message, raw)
    } else if (!isUtf8(raw)) this.#batcher.reject(line, 'UTF8', 'is not valid UTF-8', raw)
    else this.#batcher.add(recordOf(this.#keys, cells), line, raw)
  }
}

function splitHeader(text: string, delimiter: string): string[] {
  return rowState(text, delimiter, 'closed') === 'closed' ? splitRow(text, delimiter) : []
}

function recordOf(keys: string[], cells: string[]): string {
  let members = ''
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]
    if (cell === '') continue
    if (members !== '') members += ','
    members += keys[i] + (NUMBER.test(cell) ? cell : JSON.stringify(textOf(cell)))
  }
  return `{${members}}`
}

/** Most cells are ASCII, which reads the same both ways. */
function textOf(cell: string): string {
  return /[\x80-\xff]/.test(cell) ? bytesOf(cell).toString() : cell
}
