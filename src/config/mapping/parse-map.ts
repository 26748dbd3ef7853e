import {usageError} from '../../errors.ts'
import {parseSource, type Source, SourceFault, sourceText} from './source.ts'

/**
 * `column=source` pairs. @param where the flag or variable, for messages
 * @returns column → source, in the one way that a source is written
 * @throws QtoolError (usage)
 */
export function parseMap(pairs: readonly string[], where: string): Record<string, string> {
  const map = new Map<string, string>()
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const [column, text] = [pair.slice(0, at), pair.slice(at + 1)]
    if (at < 1 || text === '') {
      throw usageError(`expected ${where} to be COLUMN=SOURCE, got ${JSON.stringify(pair)}`, ...HOW)
    }
    const source = canonicalSource(text, `${where} ${pair}`)
    if (map.has(column)) throw usageError(`${where} names the column ${JSON.stringify(column)} twice`)
    map.set(column, source)
  }
  return Object.fromEntries(map)
}

/** A source in the one way that it is written. @param where for messages @throws QtoolError (usage) */
export function canonicalSource(text: string, where: string): string {
  return sourceText(readSource(text, where))
}

/** A source that somebody wrote. @param where for messages @throws QtoolError (usage) */
export function readSource(text: string, where: string): Source {
  try {
    return parseSource(text)
  } catch (error) {
    if (!(error instanceof SourceFault)) throw error
    throw usageError(`${where}: the source ${error.message}`, ...HOW)
  }
}

const HOW = [
  'a source is a path (customer.address.city, items[0].sku, items[].sku, ["a.b"]), $ for the whole record, a path of the parent ($parent.id) or of the envelope ($envelope.device), or a constant in JSON ("gps", 42, true, null, [])',
]
