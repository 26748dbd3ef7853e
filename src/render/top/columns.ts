import stringWidth from 'string-width'
import {padded, safe} from './line.ts'

/** A column of a table that must fit. */
export interface Column {
  title: string
  right?: boolean
  /** If room is short, the column with the highest value is dropped first; columns without one stay. */
  spare?: number
  /** Columns that it has at least, and takes at most of the room that is left; without them it is as wide as its cells. */
  least?: number
  most?: number
  /** Cells by row, or made once the width is known. */
  cells: readonly string[] | ((width: number) => string[])
}

const GAP = 2

/** Texts of the titles and of each row, of at most `width` columns. */
export function table(columns: readonly Column[], width: number): {title: string; rows: string[]} {
  const shown = whatFits(columns.map(written), width)
  const widths = spread(shown, width)
  const cells = shown.map((column, i) => cellsOf(column, widths[i]))
  const rowOf = (texts: string[]) =>
    texts.map((text, i) => padded(text, widths[i], shown[i].right)).join(' '.repeat(GAP))
  return {
    title: rowOf(shown.map(({title}) => title)),
    rows: (cells[0] ?? []).map((_, row) => rowOf(cells.map((column) => column[row] ?? ''))),
  }
}

/** Escaped first, because that changes how wide a cell is. */
function written(column: Column): Column {
  const {cells} = column
  return typeof cells === 'function' ? column : {...column, cells: cells.map(safe)}
}

function whatFits(columns: readonly Column[], width: number): readonly Column[] {
  const spare = Math.max(...columns.map((column) => column.spare ?? 0))
  if (spare === 0 || total(columns.map(leastWidth)) <= width) return columns
  return whatFits(
    columns.filter((column) => column.spare !== spare),
    width,
  )
}

/** Each column gets its least; what is left goes to those that can use it, from the left. */
function spread(columns: readonly Column[], width: number): number[] {
  let room = width - total(columns.map(leastWidth))
  return columns.map((column) => {
    const least = leastWidth(column)
    const more = Math.max(0, Math.min(room, fullWidth(column) - least))
    room -= more
    return least + more
  })
}

function total(widths: number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP * (widths.length - 1))
}

function leastWidth(column: Column): number {
  const full = fullWidth(column)
  return column.least === undefined ? full : Math.min(full, Math.max(column.least, column.title.length))
}

function fullWidth({title, most, cells}: Column): number {
  if (typeof cells === 'function') return Math.max(title.length, most ?? 0)
  const widest = Math.max(title.length, ...cells.map((cell) => stringWidth(cell)))
  return Math.min(widest, most ?? widest)
}

function cellsOf({cells}: Column, width: number): readonly string[] {
  return typeof cells === 'function' ? cells(width) : cells
}
