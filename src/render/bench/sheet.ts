/** A column of a table as data, for the terminal, Markdown and HTML alike. Its cells are not escaped. */
export interface SheetColumn {
  title: string
  /** The title for when there is room. */
  long?: string
  right?: boolean
  /** If room is short, the column with the highest value is dropped first; columns without one stay. */
  spare?: number
  /** Minimum width to which cells may be clipped; without one, they are never clipped. */
  least?: number
  /** Colours a cell of a row on a terminal, once it has its width. */
  paint?(cell: string, row: number): string
  cells: string[]
}

/** The column, unless it is null in every row. */
export function measured(
  values: Array<number | null>,
  column: Omit<SheetColumn, 'cells'>,
  write: (values: Array<number | null>) => string[],
): SheetColumn[] {
  return values.some((value) => value !== null) ? [{...column, right: true, cells: write(values)}] : []
}

export function rowsOf(columns: SheetColumn[]): string[][] {
  const length = columns[0]?.cells.length ?? 0
  return Array.from({length}, (_, row) => columns.map((column) => column.cells[row] ?? ''))
}
