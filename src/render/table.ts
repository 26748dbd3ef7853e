import Table from 'cli-table3'
import stringWidth from 'string-width'

export interface GridColumn {
  title: string
  align?: 'left' | 'right'
  /** Is cut to the width that the other columns leave. One for each table. */
  flexible?: true
  /** The column is left out if the whole table is narrower than this. */
  from?: number
}

/** Minimum width of a flexible column: less would be useless, so the line wraps instead. */
const LEAST = 20

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
    const free = Math.max(LEAST, width - others)
    for (const row of rows) row[flexible] = clipWidth(row[flexible], free)
  }
  const table = new Table({
    head: columns.map((column) => column.title),
    colAligns: columns.map((column) => column.align ?? 'left'),
    chars: LINES,
    style: {head: [], border: [], 'padding-left': 0, 'padding-right': 0},
  })
  table.push(...rows)
  return trimLines(table.toString())
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

/** Names and values, with the values aligned. */
export function pairs(rows: Array<[string, string]>): string {
  const table = new Table({
    chars: LINES,
    style: {head: [], border: [], 'padding-left': 0, 'padding-right': 0},
  })
  table.push(...rows)
  return trimLines(table.toString())
}

function trimLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
