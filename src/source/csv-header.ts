import {isUtf8} from 'node:buffer'
import {type RowState, rowState, splitRow} from './csv-row.ts'
import {bytesOf} from './lines.ts'

/** The parsed header of a CSV file. */
export interface CsvHeader {
  delimiter: string
  /** Each as `"key":`; empty for a column without a name. */
  keys: string[]
}

const DELIMITERS = [',', ';', '\t', '|']

/** A byte order mark, read as Latin-1. */
const BOM = /^\u00ef\u00bb\u00bf/

/** The line with which spreadsheets declare the delimiter. */
const SEPARATOR = /^"?sep=([^"\r\n])"?\s*$/i

/** The delimiter of a line such as `sep=;`; undefined for any other line. */
export function separatorOf(text: string): string | undefined {
  return SEPARATOR.exec(text.replace(BOM, ''))?.[1]
}

/**
 * Whether a quoted name continues in the next line: with at least one delimiter it does, and with none the header
 * ends.
 */
export function isHeaderOpen(text: string): boolean {
  const states = DELIMITERS.map((delimiter) => stateOf(text, delimiter))
  return states.includes('open') && !states.includes('closed')
}

/**
 * Names of the columns; the delimiter is the one that gives the most of them, unless `separator` names it.
 * @param text all lines of the header, Latin-1
 * @returns undefined if it cannot name the keys of records: names must be unique, and only columns to leave out may
 * have none
 */
export function parseHeader(text: string, separator: string | undefined): CsvHeader | undefined {
  const header = text.replace(BOM, '')
  if (!isUtf8(bytesOf(header)) || /^\s*[<{[]|\0/.test(header)) return undefined
  const all = (separator === undefined ? DELIMITERS : [separator]).map((delimiter) => ({
    delimiter,
    names: namesOf(header, delimiter),
  }))
  const {delimiter, names} = all.reduce((a, b) => (b.names.length > a.names.length ? b : a))
  const named = names.filter((name) => name !== '')
  if (named.length === 0 || new Set(named).size < named.length) return undefined
  return {delimiter, keys: names.map((name) => (name === '' ? '' : `${JSON.stringify(name)}:`))}
}

function namesOf(header: string, delimiter: string): string[] {
  const text = withoutBlanks(header, delimiter)
  if (rowState(text, delimiter, 'closed') !== 'closed') return []
  return splitRow(text, delimiter).map((name) =>
    bytesOf(name)
      .toString()
      .trim()
      .replace(/\s*[\r\n]\s*/g, ' '),
  )
}

function stateOf(text: string, delimiter: string): RowState {
  return rowState(withoutBlanks(text.replace(BOM, ''), delimiter), delimiter, 'closed')
}

/** Removes blanks between a delimiter and a quote, which would make the quote part of the name. */
function withoutBlanks(header: string, delimiter: string): string {
  const blanks = delimiter === '\t' ? / +(?=")/g : /[ \t]+(?=")/g
  return header.replace(blanks, (found, at: number) =>
    at === 0 || header[at - 1] === delimiter ? '' : found,
  )
}
