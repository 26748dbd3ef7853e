import {usageError} from '../errors.ts'

/** A column that somebody named, and its table if they said which: `id`, `public.orders:id`. */
export interface TableColumn {
  /** As written in SQL. */
  table?: string
  column: string
}

const PART = String.raw`(?:"(?:[^"]|"")+"|[^\s".:,]+)`
const TABLE = String.raw`${PART}(?:\.${PART})*`
const ENTRY = new RegExp(String.raw`^\s*(?:${TABLE}:)?[^,]*`)
const OF_TABLE = new RegExp(`^(${TABLE}):(.*)$`, 's')

/**
 * Names that commas separate; the quoted name of a table may hold others.
 * @param where what says them, for messages @throws QtoolError (usage) if one is missing
 */
export function splitNames(text: string, where: string): string[] {
  const names: string[] = []
  for (let rest = `,${text}`; rest !== ''; ) {
    const entry = ENTRY.exec(rest.slice(1))?.[0] ?? ''
    names.push(entry.trim())
    rest = rest.slice(1 + entry.length)
  }
  if (!names.includes('')) return names
  throw usageError(`expected ${where} to be columns, separated by commas, got ${JSON.stringify(text)}`)
}

/** @throws QtoolError (usage) if the column is missing */
export function tableColumn(name: string, where: string): TableColumn {
  const [, table, column] = OF_TABLE.exec(name) ?? []
  if (table === undefined) return {column: name}
  if (column !== '') return {table, column}
  throw usageError(`expected ${where} to be TABLE:COLUMN, got ${JSON.stringify(name)}`)
}
