/** A table as data, for the terminal, Markdown and HTML alike. Its cells are not escaped. */
export interface SheetColumn {
  title: string
  /** The title where there is room for it. */
  long?: string
  right?: boolean
  /** Where room is short the column with the highest goes first; one without stays. */
  spare?: number
  /** Least width to which its cells may be clipped; without, they are never clipped. */
  least?: number
  cells: string[]
}

/** The columns that say something: one that is null in every row is left out. */
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
