import {QtoolError} from '../errors.ts'
import {type RowState, rowState} from './csv-row.ts'
import type {Line} from './lines.ts'
import {SHOWN_BYTES} from './source.ts'

/** A row, or what is wrong with the line or row that begins there. */
export interface FoundRow {
  line: number
  text: string
  fault?: {code: string; message: string}
}

/** How far to look for the end of a quoted cell, in limits of one item: what is read meanwhile is held in memory. */
const LOOKED_FOR = 16

/**
 * Finds rows in lines. A quoted cell that is closed makes one row, however long. One that has a bad quote, or is
 * never closed, costs only its line: what follows may be rows of their own.
 */
export class RowFinder {
  readonly #name: string
  readonly #maxBytes: number
  /** Lines read, used up to `#next`; a quoted cell may continue in lines that have not come yet. */
  #lines: Line[] = []
  #next = 0
  /** The row under way: its lines and bytes so far, and whether a quoted cell is open after them. */
  #used = 0
  #bytes = 0
  #state: RowState = 'closed'
  delimiter = ','

  constructor(name: string, maxBytes: number) {
    this.#name = name
    this.#maxBytes = maxBytes
  }

  push(lines: Line[]): void {
    this.#lines = this.#lines.slice(this.#next).concat(lines)
    this.#next = 0
  }

  /** The next line as it is; undefined if it has not come yet. */
  line(): Line | undefined {
    return this.#next < this.#lines.length ? this.#lines[this.#next++] : undefined
  }

  /**
   * The next row that is not blank; undefined if its end has not come yet.
   * @throws QtoolError `FORMAT` if the end of a quoted cell is too far away to hold everything up to it
   */
  row(isLast: boolean): FoundRow | undefined {
    while (this.#used === 0 && this.#isBlank(this.#lines[this.#next])) this.#next++
    if (this.#next === this.#lines.length || !this.#readOn(isLast)) return undefined
    const found = this.#found(this.#lines.slice(this.#next, this.#next + this.#used))
    this.#used = 0
    this.#bytes = 0
    this.#state = 'closed'
    return found
  }

  /** Spreadsheets write rows of nothing but delimiters after the last row with data. */
  #isBlank(line: Line | undefined): boolean {
    if (line === undefined || line.overlong > 0) return false
    const {text} = line
    return text.trim() === '' || (text[0] === this.delimiter && text.replaceAll(this.delimiter, '') === '')
  }

  /** Reads lines up to the end of the row; false if it has not come yet. */
  #readOn(isLast: boolean): boolean {
    while (this.#used === 0 || this.#state === 'open') {
      const line = this.#lines[this.#next + this.#used]
      if (line === undefined) return isLast
      const state = this.#used === 0 ? 'closed' : 'open'
      this.#state =
        line.overlong > 0 ? overlongState(line, state) : rowState(line.text, this.delimiter, state)
      this.#bytes += (line.overlong || line.text.length) + line.ending.length
      this.#used++
      if (this.#state === 'open' && this.#bytes > LOOKED_FOR * this.#maxBytes) this.#tooFar()
    }
    return true
  }

  #found(lines: Line[]): FoundRow {
    const [first] = lines
    const isWhole = this.#state === 'closed'
    this.#next += isWhole ? lines.length : 1
    const bytes = isWhole ? this.#bytes - lines[lines.length - 1].ending.length : first.overlong
    if (first.overlong > 0 || bytes > this.#maxBytes) {
      const message = `is ${bytes} bytes, more than the limit of ${this.#maxBytes}`
      return {line: first.line, text: startOf(lines), fault: {code: 'SIZE', message}}
    }
    if (isWhole) return {line: first.line, text: lines.length === 1 ? first.text : textOf(lines)}
    const message = this.#state === 'bad' ? 'has a misplaced quote' : 'has an unclosed quote'
    return {line: first.line, text: first.text, fault: {code: 'FORMAT', message}}
  }

  #tooFar(): never {
    const {line} = this.#lines[this.#next]
    throw new QtoolError(
      `line ${line} of ${this.#name} has a quote that is not closed within ${LOOKED_FOR * this.#maxBytes} bytes; nothing after it was read`,
      {
        code: 'FORMAT',
        kind: 'usage',
        suggestions: ['correct that line and enqueue the file again, or raise --max-bytes'],
      },
    )
  }
}

/**
 * The state after a line that is not held whole: in a valid row every quote is one of a pair, or opens or closes a
 * cell.
 */
function overlongState({hasOddQuotes}: Line, state: RowState): RowState {
  return (state === 'open') === hasOddQuotes ? 'closed' : 'open'
}

function textOf(lines: Line[]): string {
  return lines.map(({text, ending}, i) => (i < lines.length - 1 ? text + ending : text)).join('')
}

/** The first bytes of a row that is too long to be shown. */
function startOf(lines: Line[]): string {
  let text = ''
  for (let i = 0; i < lines.length && text.length < SHOWN_BYTES; i++) text += lines[i].text + lines[i].ending
  return text.slice(0, SHOWN_BYTES)
}
