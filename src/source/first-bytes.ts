import type {Format} from './formats.ts'
import type {Chunks} from './source.ts'

const ENDINGS: Record<string, Format> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'json',
  csv: 'csv',
  tsv: 'csv',
  igc: 'igc',
  gpx: 'gpx',
}

/** How many of the first bytes are searched to detect the format. */
const LOOKED_AT = 4096

/**
 * The first bytes, read until `isEnough`, and a stream of all bytes, which begins with them. Ending that stream early
 * ends `chunks`, so that its file or pipe is closed.
 */
export async function peek(
  chunks: Chunks,
  isEnough: (head: Buffer) => boolean,
): Promise<{head: Buffer; chunks: Chunks}> {
  const iterator = chunks[Symbol.asyncIterator]()
  const parts: Buffer[] = []
  let head: Buffer = Buffer.alloc(0)
  while (!isEnough(head)) {
    const next = await iterator.next()
    if (next.done) break
    parts.push(next.value)
    head = parts.length === 1 ? next.value : Buffer.concat(parts)
  }
  const again = async function* () {
    try {
      if (head.length > 0) yield head
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  return {head, chunks: again()}
}

/** Whether the bytes are enough to detect the format: a producer that writes one line and waits is not kept waiting. */
export function tellsFormat(head: Buffer): boolean {
  const text = opening(head)
  return head.length >= LOOKED_AT || /^\[|^<|^\{[^\r\n]*[\r\n]|[\r\n][^\r\n]/.test(text)
}

/** The format of a file, by its extension, or else by how it begins. */
export function formatOf(name: string, head: Buffer): Format {
  const ending = /\.([a-z]+)(\.gz)?$/i.exec(name)?.[1].toLowerCase()
  const named = ending === undefined ? undefined : ENDINGS[ending]
  if (named !== undefined && named !== 'json') return named
  const text = opening(head)
  const first = text.split(/[\r\n]/, 1)[0].trimEnd()
  // Many .json files hold one object per line. Those lines are checked one by one: a bad one must not cost the next.
  if (named === 'json') return first.startsWith('{') && first.endsWith('}') ? 'ndjson' : 'json'
  // `{` or `{"points":[` alone on its line: one object over many lines
  if (text.startsWith('[') || /^\{("[^"]*"\s*:\s*[[{])?$/.test(first)) return 'json'
  if (text.startsWith('{')) return 'ndjson'
  if (/^<(\?xml|!--|gpx)/.test(text)) return 'gpx'
  if (/^(A[A-Z0-9]{3}.*[\r\n]+[BHILJ]|HFDTE)/.test(text)) return 'igc'
  // NDJSON if nothing else fits, so that bad lines are refused one by one
  return /^[^,;\t|{}[\]]+([,;\t|][^,;\t|{}[\]]*)+$/.test(first) ? 'csv' : 'ndjson'
}

function opening(head: Buffer): string {
  return head.toString('latin1', 0, LOOKED_AT).replace(/^ï»¿/, '').trimStart()
}
