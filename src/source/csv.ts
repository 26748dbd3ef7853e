import {isUtf8} from 'node:buffer'
import {QtoolError} from '../errors.ts'
import {TextBatcher} from './batcher.ts'
import {type CsvHeader, isHeaderOpen, parseHeader, separatorOf} from './csv-header.ts'
import {splitRow} from './csv-row.ts'
import {RowFinder} from './csv-rows.ts'
import {bytesOf, type Line, readLines} from './lines.ts'
import type {Chunks, Source} from './source.ts'

/** A cell that is written exactly like a JSON number becomes a number with the same digits; 007 and +1 stay text. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/**
 * Reads the rows under a header line as records. The key of an empty cell is left out. The delimiter (comma,
 * semicolon, tab or bar) is the one that gives the header the most columns, or that of a `sep=` line before it. A
 * column without a name is left out if it is empty, as after a comma at the end of each line. A bad row is rejected
 * and costs no other.
 * @throws QtoolError `FORMAT` if the header cannot name the keys
 */
export async function* readCsv(name: string, chunks: Chunks, maxBytes: number): Source {
  const batcher = new TextBatcher(name, maxBytes)
  const reader = new CsvReader(name, batcher, maxBytes)
  for await (const lines of readLines(chunks, maxBytes)) {
    reader.take(lines)
    while (reader.read(false)) yield batcher.take()
    if (!batcher.isEmpty) yield batcher.take()
    reader.assertSound()
  }
  while (reader.read(true)) yield batcher.take()
  if (!batcher.isEmpty) yield batcher.take()
  reader.assertSound()
}

class CsvReader {
  readonly #name: string
  readonly #batcher: TextBatcher
  readonly #maxBytes: number
  readonly #rows: RowFinder
  #header: CsvHeader | undefined
  #headerText = ''
  #separator: string | undefined
  /** Cells that a row must have: up to the last column with a name. */
  #needed = 0
  #failure: unknown

  constructor(name: string, batcher: TextBatcher, maxBytes: number) {
    this.#name = name
    this.#batcher = batcher
    this.#maxBytes = maxBytes
    this.#rows = new RowFinder(name, maxBytes)
  }

  take(lines: Line[]): void {
    this.#rows.push(lines)
  }

  /** Reads rows until a batch is full (true), or the lines are used up or cannot be read (false). */
  read(isLast: boolean): boolean {
    try {
      if (!this.#header && !this.#readHeader(isLast)) return false
      for (let row = this.#rows.row(isLast); row; row = this.#rows.row(isLast)) {
        const {line, text, fault} = row
        if (fault) this.#batcher.reject(line, fault.code, fault.message, bytesOf(text))
        else this.#add(text, line)
        if (this.#batcher.isFull) return true
      }
    } catch (error) {
      // What was read before the failure is handed on first
      this.#failure ??= error
    }
    return false
  }

  /** @throws the error that ended the reading */
  assertSound(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** @returns whether the header is complete */
  #readHeader(isLast: boolean): boolean {
    for (let line = this.#rows.line(); line; line = this.#rows.line()) {
      const {text, ending} = line
      if (this.#headerText === '') {
        this.#separator ??= separatorOf(text)
        if (text.trim() === '' || separatorOf(text) !== undefined) continue
      }
      this.#headerText += text
      if (line.overlong > 0 || this.#headerText.length > this.#maxBytes) return this.#takeHeader()
      if (!isHeaderOpen(this.#headerText)) return this.#takeHeader()
      this.#headerText += ending
    }
    return isLast && this.#headerText !== '' && this.#takeHeader()
  }

  #takeHeader(): true {
    if (!isUtf8(bytesOf(this.#headerText))) throw notUtf8(this.#name, this.#headerText)
    const header = parseHeader(this.#headerText, this.#separator)
    if (!header) {
      throw new QtoolError(
        `${this.#name} is not CSV with a header that names each column once: it begins with ${JSON.stringify(this.#headerText.slice(0, 100))}`,
        {
          code: 'FORMAT',
          kind: 'usage',
          suggestions: [
            'add a header line; its names become the keys of the records',
            'if it is another format, name it with --format',
          ],
        },
      )
    }
    this.#header = header
    this.#needed = header.keys.findLastIndex((key) => key !== '') + 1
    this.#rows.delimiter = header.delimiter
    return true
  }

  #add(text: string, line: number): void {
    const {delimiter, keys} = this.#header ?? {delimiter: ',', keys: []}
    const cells = splitRow(text, delimiter)
    const raw = bytesOf(text)
    while (cells.length > keys.length && cells[cells.length - 1].trim() === '') cells.pop()
    const nameless = cells.findIndex((cell, i) => keys[i] === '' && cell.trim() !== '')
    if (cells.length > keys.length || cells.length < this.#needed) {
      const message = `has ${cells.length} cells, the header has ${keys.length}`
      this.#batcher.reject(line, 'FORMAT', message, raw)
    } else if (nameless >= 0) {
      const message = `has a value in column ${nameless + 1}, which has no name in the header`
      this.#batcher.reject(line, 'FORMAT', message, raw)
    } else if (!isUtf8(raw)) this.#batcher.reject(line, 'UTF8', 'is not valid UTF-8', raw)
    else this.#batcher.add(recordOf(keys, cells), line, raw)
  }
}

function recordOf(keys: string[], cells: string[]): string {
  let members = ''
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]
    if (cell === '' || keys[i] === '') continue
    if (members !== '') members += ','
    members += keys[i] + (NUMBER.test(cell) ? cell : JSON.stringify(textOf(cell)))
  }
  return `{${members}}`
}

/** Decodes a cell as UTF-8; most cells are ASCII, which is the same in Latin-1. */
function textOf(cell: string): string {
  return /[\x80-\xff]/.test(cell) ? bytesOf(cell).toString() : cell
}

/** Spreadsheets write the encoding of their system. */
function notUtf8(name: string, header: string): QtoolError {
  return new QtoolError(
    `${name} is not UTF-8: its header begins with ${JSON.stringify(header.slice(0, 100))}`,
    {
      code: 'FORMAT',
      kind: 'usage',
      suggestions: ['convert it to UTF-8: iconv -f WINDOWS-1252 -t UTF-8 FILE, if that is its encoding'],
    },
  )
}
