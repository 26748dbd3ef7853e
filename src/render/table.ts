import Table from 'cli-table3'

export interface GridColumn {
  title: string
  align?: 'left' | 'right'
}

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

/** Rows under titles, without lines: easy to read, easy to cut with awk. */
export function grid(columns: GridColumn[], rows: string[][]): string {
  const table = new Table({
    head: columns.map((column) => column.title),
    colAligns: columns.map((column) => column.align ?? 'left'),
    chars: LINES,
    style: {head: [], border: [], 'padding-left': 0, 'padding-right': 0},
  })
  table.push(...rows)
  return trimLines(table.toString())
}

/** Names and values, the values in one column. */
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
