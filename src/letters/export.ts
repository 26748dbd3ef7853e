import type {DeadLetters} from '../queue/letters/dead-letters.ts'
import type {Letter} from '../queue/letters/letter.ts'
import type {LetterFilter} from '../queue/letters/letter-filter.ts'

export type ExportFormat = 'ndjson' | 'csv'

export interface ExportOptions {
  filter: LetterFilter
  format: ExportFormat
  /** Puts an apostrophe before a field that a spreadsheet would run as a formula. */
  safe: boolean
  /** Ends the text after the page that is under way. */
  signal?: AbortSignal
  /** Called with the number of letters in each piece, once it has been read. */
  onLetters: (count: number) => void
  /** Told how many letters were looked at. */
  onRead?: (read: number) => void
}

/**
 * The dead letters that match a filter, as text, a few at a time.
 * ndjson: the items themselves, which `enqueue` accepts. csv: with their causes, for people.
 */
export async function* exportLetters(letters: DeadLetters, options: ExportOptions): AsyncGenerator<Buffer> {
  const {format, safe, signal} = options
  if (format === 'csv') yield Buffer.from(`${COLUMNS.join(',')}\r\n`)
  const scan = letters.scan(options.filter)
  for await (const page of scan.pages()) {
    if (signal?.aborted) return
    options.onRead?.(scan.read)
    for (let at = 0; at < page.length; at += PIECE) {
      const piece = page.slice(at, at + PIECE)
      yield format === 'csv' ? csvPage(piece, safe) : ndjsonPage(piece)
      options.onLetters(piece.length)
    }
  }
}

/** Letters in a piece: if a reader stops, it has received at most this many more than were reported to `onLetters`. */
const PIECE = 20

/** Line breaks in a payload become blanks; they can only be between tokens, since JSON strings contain none. */
function ndjsonPage(letters: Letter[]): Buffer {
  return Buffer.concat(
    letters.flatMap((letter) => {
      const item = Buffer.from(letter.item)
      for (let i = 0; i < item.length; i++) if (item[i] === 0x0a || item[i] === 0x0d) item[i] = 0x20
      return [item, NEWLINE]
    }),
  )
}

const NEWLINE = Buffer.from('\n')

const COLUMNS = [
  'id',
  'failed_at',
  'reason',
  'code',
  'message',
  'detail',
  'column',
  'constraint',
  'table',
  'attempts',
  'payload',
]

function csvPage(letters: Letter[], safe: boolean): Buffer {
  const lines = letters.map((letter) => {
    const {id, failedAt, reason, code, message, detail, column, constraint, table, attempts, payload} =
      letter.view()
    const cause = [reason, code, message, detail, column, constraint, table]
    const fields = [id, failedAt, ...cause, attempts, payload]
    return `${fields.map((field) => csvField(field, safe)).join(',')}\r\n`
  })
  return Buffer.from(lines.join(''))
}

/** Beginnings that make a spreadsheet run a text as a formula: https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[=+\-@\t\r\n]/

function csvField(value: string | number | null, safe: boolean): string {
  if (value === null) return ''
  const text = safe && FORMULA.test(String(value)) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
