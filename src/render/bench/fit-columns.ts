import stringWidth from 'string-width'
import {clipWidth, grid} from '../table.ts'
import {wrapped} from '../wrap.ts'
import {rowsOf, type SheetColumn} from './sheet.ts'
import type {Signs} from './signs.ts'

const GAP = 2
const EDGE = 1

/** A sheet as text of at most `width` columns: clips long names, then drops columns, which a last line names. */
export function fitColumns(columns: SheetColumn[], width: number, signs: Signs): string {
  const written = columns.map((column) => ({...column, cells: column.cells.map(signs.write)}))
  const kept = keepWhatFits(written, width)
  const shown = clipped(kept, width, signs)
  const text = grid(
    shown.map(({title, right, paint}) => ({title, paint, align: right ? 'right' : 'left'})),
    rowsOf(shown),
  )
  const gone = written.filter((column) => !kept.includes(column)).map((column) => column.title)
  return gone.length === 0 ? text : `${text}\n${wrapped(lineOf(gone), {width, first: ' ', rest: ' '})}`
}

function lineOf(gone: string[]): string {
  return `columns hidden: ${gone.join(', ')} (use a wider terminal or --json)`
}

function keepWhatFits(columns: SheetColumn[], width: number): SheetColumn[] {
  const least = columns.reduce((sum, column) => sum + leastWidth(column), EDGE + GAP * (columns.length - 1))
  const spare = Math.max(...columns.map((column) => column.spare ?? 0))
  if (least <= width || spare === 0) return columns
  return keepWhatFits(
    columns.filter((column) => column.spare !== spare),
    width,
  )
}

/** Clips columns: the first one gets as much as it needs of the remaining room, then the next. */
function clipped(columns: SheetColumn[], width: number, signs: Signs): SheetColumn[] {
  let room = width - EDGE - GAP * (columns.length - 1)
  room -= columns.reduce((sum, column) => sum + leastWidth(column), 0)
  return columns.map((column) => {
    if (column.least === undefined) return column
    const more = Math.max(0, Math.min(room, fullWidth(column) - leastWidth(column)))
    room -= more
    const most = leastWidth(column) + more
    return {...column, cells: column.cells.map((cell) => signs.write(clipWidth(cell, most)))}
  })
}

function fullWidth({title, cells}: SheetColumn): number {
  return Math.max(title.length, ...cells.map((cell) => stringWidth(cell)))
}

function leastWidth(column: SheetColumn): number {
  const full = fullWidth(column)
  return column.least === undefined ? full : Math.min(full, Math.max(column.least, column.title.length))
}
