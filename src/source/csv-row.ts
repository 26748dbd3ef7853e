/**
 * Rows as RFC 4180 defines them: a quoted cell may hold line ends, and a quote inside it is doubled. csv-parse is not
 * used because a bad quote must cost only its own row: with skip_records_with_error csv-parse 7 also lost the good
 * rows that followed.
 */

/** Whether a row continues in the next line (`open`), ends here (`closed`), or has a misplaced quote (`bad`). */
export type RowState = 'open' | 'closed' | 'bad'

/**
 * The state after one more line of a row.
 * @param state the state after the line before; `closed` if the row begins here
 */
export function rowState(text: string, delimiter: string, state: RowState): RowState {
  let quoted = state === 'open'
  let p = 0
  while (p < text.length || quoted) {
    if (quoted) {
      const quote = text.indexOf('"', p)
      if (quote < 0) return 'open'
      p = quote + 2
      if (text[quote + 1] === '"') continue
      quoted = false
      if (quote + 1 < text.length && text[quote + 1] !== delimiter) return 'bad'
    } else if (text[p] === '"') {
      quoted = true
      p++
    } else {
      const end = text.indexOf(delimiter, p)
      const quote = text.indexOf('"', p)
      if (quote >= 0 && (end < 0 || quote < end)) return 'bad'
      if (end < 0) return 'closed'
      p = end + 1
    }
  }
  return 'closed'
}

/** The cells of a whole row that `rowState` found `closed`. */
export function splitRow(text: string, delimiter: string): string[] {
  if (!text.includes('"')) return text.split(delimiter)
  const cells: string[] = []
  let p = 0
  for (;;) {
    const isQuoted = text[p] === '"'
    const end = isQuoted ? closingQuote(text, p + 1) : text.indexOf(delimiter, p)
    const cell = text.slice(isQuoted ? p + 1 : p, end < 0 ? text.length : end)
    cells.push(isQuoted ? cell.replaceAll('""', '"') : cell)
    p = isQuoted ? end + 1 : end
    if (p < 0 || p >= text.length) return cells
    p++
  }
}

function closingQuote(text: string, from: number): number {
  let quote = text.indexOf('"', from)
  while (text[quote + 1] === '"') quote = text.indexOf('"', quote + 2)
  return quote
}
