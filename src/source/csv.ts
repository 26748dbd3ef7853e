import {isUtf8} from 'node:buffer'
import {Readable} from 'node:stream'
import {parse} from 'csv-parse'
import {usageError} from '../errors.ts'
import {TextBatcher} from './batcher.ts'
import type {Chunks, Source} from './source.ts'

/** A cell that is a number exactly as JSON writes one keeps its digits; 007 and +1 stay text. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

interface CsvRow {
  record: string[]
  info: {lines: number}
  raw: string
}

/**
 * Rows under a header line, as records. An empty cell leaves its key out. The delimiter (comma, semicolon or tab)
 * is the one that stands most often in the header.
 * @throws QtoolError (usage) where the header cannot name the keys
 */
export async function* readCsv(name: string, chunks: Chunks, maxBytes: number): Source {
  const batcher = new TextBatcher(name, maxBytes)
  const {header, rest} = await splitHeader(name, chunks)
  if (header === undefined) return
  const delimiter = mostFrequent(header)
  const keys = keysOf(name, header, delimiter)
  const parser = Readable.from(rest, {objectMode: false}).pipe(
    parse({
      // Bytes one to one: each cell is decoded, or refused, by itself
      encoding: 'latin1',
      delimiter,
      info: true,
      raw: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: maxBytes * 2,
    }),
  )
  for await (const row of parser as AsyncIterable<CsvRow>) {
    addRow(batcher, keys, row)
    if (batcher.isFull) yield batcher.take()
  }
  if (!batcher.isEmpty) yield batcher.take()
}

/** Reads up to the end of the first line that is not blank. */
async function splitHeader(name: string, chunks: Chunks): Promise<{header?: string; rest: Chunks}> {
  const iterator = chunks[Symbol.asyncIterator]()
  let seen = Buffer.alloc(0)
  for (;;) {
    const end = seen.indexOf(0x0a)
    const next = end < 0 ? await iterator.next() : undefined
    if (next && !next.done) {
      seen = Buffer.concat([seen, next.value])
      if (seen.length > 1024 * 1024 && seen.indexOf(0x0a) < 0)
        throw usageError(`expected a header line in ${name}, got 1 MiB without a line end`)
      continue
    }
    const line = seen.subarray(0, end < 0 ? seen.length : end)
    const text = line
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .trim()
    if (text === '') return {rest: chunks}
    const rest = async function* () {
      if (end >= 0) yield seen.subarray(end + 1)
      for (;;) {
        const more = await iterator.next()
        if (more.done) return
        yield more.value
      }
    }
    return {header: text, rest: rest()}
  }
}

function mostFrequent(header: string): string {
  const counts = [',', ';', '\t'].map((delimiter) => ({delimiter, count: header.split(delimiter).length}))
  return counts.sort((a, b) => b.count - a.count)[0].delimiter
}

function keysOf(name: string, header: string, delimiter: string): string[] {
  const keys = header.split(delimiter).map((key) =>
    key
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .replaceAll('""', '"'),
  )
  const bad = keys.find((key, index) => key === '' || keys.indexOf(key) !== index)
  if (bad === undefined) return keys
  throw usageError(
    `expected the first line of ${name} to name each column once, got ${JSON.stringify(header.slice(0, 200))}`,
    'give the file a header line; its names become the keys of the records',
  )
}

function addRow(batcher: TextBatcher, keys: string[], {record, info, raw}: CsvRow): void {
  // The header is line 1; csv-parse counts the lines behind it up to the end of the row
  const line = info.lines + 1
  const text = raw.replace(/\r?\n$/, '')
  if (record.length !== keys.length) {
    const message = `has ${record.length} cells, the header has ${keys.length}`
    batcher.reject(line, 'FORMAT', message, text)
    return
  }
  if (!isUtf8(Buffer.from(text, 'latin1'))) {
    batcher.reject(line, 'UTF8', 'is not valid UTF-8', text)
    return
  }
  const members: string[] = []
  record.forEach((cell, i) => {
    const value = Buffer.from(cell, 'latin1').toString('utf8')
    if (value !== '')
      members.push(`${JSON.stringify(keys[i])}:${NUMBER.test(value) ? value : JSON.stringify(value)}`)
  })
  batcher.add(`{${members.join(',')}}`, line)
}
