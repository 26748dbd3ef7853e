import Table from 'cli-table3'
import stringWidth from 'string-width'

export interface GridColumn {
  title: string
  align?: 'left' | 'right'
  /** Is cut to the width that the other columns leave. One for each table. */
  flexible?: true
  /** Colours a cell of a row, once it has its width. */
  paint?(cell: string, row: number): string
  /** The column is left out if the whole table is narrower than this. */
  from?: number
}

/** Minimum width of a flexible column: less would be useless, so it gets a line of its own below the others. */
const LEAST = 20

/** How far such a line is indented where the terminal breaks the row between its cells. */
const HANGING = 3

const GAP = 2

const LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: ' ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

const STYLE = {head: [], border: [], 'padding-left': 0, 'padding-right': 0}

/**
 * Rows under titles, without rules: easy to read, and easy to process with awk.
 * @param width of the terminal, in columns; without it nothing is cut
 */
export function grid(columns: GridColumn[], rows: string[][], width = Number.POSITIVE_INFINITY): string {
  const shown = columns.flatMap((column, i) => (width < (column.from ?? 0) ? [] : [i]))
  return fittedGrid(
    shown.map((i) => columns[i]),
    rows.map((row) => shown.map((i) => row[i])),
    width,
  )
}

function fittedGrid(columns: GridColumn[], rows: string[][], width: number): string {
  const flexible = columns.findIndex((column) => column.flexible)
  if (flexible >= 0 && Number.isFinite(width)) {
    const widest = ({title}: GridColumn, i: number) =>
      rows.reduce((most, row) => Math.max(most, stringWidth(row[i])), stringWidth(title))
    const others = columns.reduce((sum, one, i) => (i === flexible ? sum : sum + widest(one, i) + GAP), 1)
    const free = width - others < LEAST ? Math.max(LEAST, width - HANGING) : width - others
    for (const row of rows) row[flexible] = clipWidth(row[flexible], free)
  }
  return pieces(columns, painted(columns, rows)).map(trimLines).join('\n')
}

function painted(columns: GridColumn[], rows: string[][]): string[][] {
  if (columns.every(({paint}) => !paint)) return rows
  return rows.map((row, at) => row.map((cell, i) => columns[i].paint?.(cell, at) ?? cell))
}

/** Rows of one table: the time that cli-table3 takes grows with their square, 72 s for 23,000 of them. */
const PIECE = 100

/** The texts of tables that stand below each other as one: all have the same widths, and the first has the titles. */
function pieces(columns: GridColumn[], rows: string[][]): string[] {
  const colWidths = columns.map(({title}, i) =>
    rows.reduce((most, row) => Math.max(most, cellWidth(row[i])), stringWidth(title)),
  )
  const texts: string[] = []
  for (let from = 0; from === 0 || from < rows.length; from += PIECE) {
    const table = new Table({
      head: from === 0 ? columns.map((column) => column.title) : [],
      colAligns: columns.map((column) => column.align ?? 'left'),
      colWidths,
      chars: LINES,
      style: STYLE,
    })
    table.push(...rows.slice(from, from + PIECE))
    texts.push(table.toString())
  }
  return texts
}

function cellWidth(text: string): number {
  return text.split('\n').reduce((most, line) => Math.max(most, stringWidth(line)), 0)
}

/** Cuts a text to at most `width` columns of a terminal. */
export function clipWidth(text: string, width: number): string {
  // A text may have a megabyte, of which only a beginning needs measuring
  const head = text.slice(0, width * 4)
  if (head.length === text.length && stringWidth(head) <= width) return text
  let cut = ''
  let taken = 1
  for (const character of head) {
    taken += stringWidth(character)
    if (taken > width) break
    cut += character
  }
  return `${cut}…`
}

/** Cuts a name in its middle, since names that differ often do so at their ends. */
export function clipMiddle(text: string, width: number): string {
  const letters = [...text]
  if (stringWidth(text) <= width) return text
  const tail = letters.slice(-Math.floor((width - 1) / 3)).join('')
  return `${clipWidth(text, width - stringWidth(tail))}${tail}`
}

/** Names and values, with the values aligned. */
export function pairs(rows: Array<[string, string]>): string {
  const table = new Table({chars: LINES, style: STYLE})
  table.push(...rows)
  return trimLines(table.toString())
}

function trimLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
