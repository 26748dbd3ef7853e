import {createReadStream} from 'node:fs'
import {access, constants, stat} from 'node:fs/promises'
import {createGunzip} from 'node:zlib'
import {messageOf, QtoolError, usageError} from '../errors.ts'
import type {Format} from './formats.ts'
import {readNdjson} from './ndjson.ts'
import type {Chunks, Source} from './source.ts'

export interface OpenOptions {
  /** Paths; `-` is stdin, and so is none at all. */
  files: string[]
  /** Else the ending says, else the first bytes. */
  format?: Format
  stdin: NodeJS.ReadableStream
  maxBytes: number
}

const READ_BYTES = 256 * 1024

/**
 * Reads files one after another, gunzipped where they are gzip, in the format they are in.
 * @throws QtoolError (usage) for a file that cannot be read, before the first one is begun
 */
export async function openSources(options: OpenOptions): Promise<Source> {
  const files = options.files.length > 0 ? options.files : ['-']
  for (const file of files) if (file !== '-') await assertReadable(file)
  return readAll(files, options)
}

async function assertReadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK)
  } catch (error) {
    throw usageError(`expected a file that can be read, got ${file}: ${messageOf(error)}`, 'check the path')
  }
  if ((await stat(file)).isDirectory()) {
    throw usageError(`expected a file, got the folder ${file}`, `name the files in it: ${file}/*`)
  }
}

async function* readAll(files: string[], options: OpenOptions): Source {
  for (const file of files) {
    const name = file === '-' ? 'stdin' : file
    const stream = file === '-' ? options.stdin : createReadStream(file, {highWaterMark: READ_BYTES})
    const {head, chunks} = await peek(gunzipped(name, toChunks(stream)))
    const format = options.format ?? formatOfName(name) ?? formatOfText(head)
    yield* await reader(format, name, chunks, options.maxBytes)
  }
}

async function reader(format: Format, name: string, chunks: Chunks, maxBytes: number): Promise<Source> {
  if (format === 'ndjson') return readNdjson(name, chunks, maxBytes)
  if (format === 'json') return (await import('./json-stream.ts')).readJsonStream(name, chunks, maxBytes)
  if (format === 'csv') return (await import('./csv.ts')).readCsv(name, chunks, maxBytes)
  if (format === 'igc') return (await import('./igc.ts')).readIgc(name, chunks, maxBytes)
  return (await import('./gpx.ts')).readGpx(name, chunks, maxBytes)
}

async function* toChunks(stream: NodeJS.ReadableStream): Chunks {
  for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}

/** The first chunk that is not empty, and all of them again. */
async function peek(chunks: Chunks): Promise<{head: Buffer; chunks: Chunks}> {
  const iterator = chunks[Symbol.asyncIterator]()
  let first = await iterator.next()
  while (!first.done && first.value.length < 2) {
    const next = await iterator.next()
    if (next.done) break
    first = {done: false, value: Buffer.concat([first.value, next.value])}
  }
  const head = first.done ? Buffer.alloc(0) : first.value
  const again = async function* () {
    if (head.length > 0) yield head
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  }
  return {head, chunks: again()}
}

/** Gzip is known by its first two bytes, whatever the file is called. */
async function* gunzipped(name: string, packed: Chunks): Chunks {
  const {head, chunks} = await peek(packed)
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* chunks
    return
  }
  const gunzip = createGunzip({chunkSize: READ_BYTES})
  const {pipeline} = await import('node:stream/promises')
  const done = pipeline(chunks, gunzip)
  done.catch(() => {})
  try {
    for await (const chunk of gunzip) yield chunk
    await done
  } catch (error) {
    throw new QtoolError(`expected ${name} to be whole gzip data, got ${messageOf(error)}`, {
      code: 'BAD_GZIP',
      suggestions: ['what was read before is enqueued; get the file again and enqueue it again'],
      cause: error,
    })
  }
}

const ENDINGS: Record<string, Format> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'json',
  csv: 'csv',
  tsv: 'csv',
  igc: 'igc',
  gpx: 'gpx',
}

function formatOfName(name: string): Format | undefined {
  const ending = /\.([a-z]+)(\.gz)?$/i.exec(name)?.[1].toLowerCase()
  return ending === undefined ? undefined : ENDINGS[ending]
}

/** By how a text of each format begins; NDJSON where nothing else fits, so that bad lines are refused one by one. */
function formatOfText(head: Buffer): Format {
  const text = head.toString('latin1', 0, 4096).replace(/^ï»¿/, '').trimStart()
  if (text.startsWith('[')) return 'json'
  if (text.startsWith('{')) return 'ndjson'
  if (/^<(\?xml|gpx)/.test(text)) return 'gpx'
  if (/^A[A-Z0-9]{3}.*\r?\n[HIGB]/.test(text)) return 'igc'
  const first = text.split('\n')[0]
  return /^[\w "]+([,;\t][\w "]+)+\r?$/.test(first) ? 'csv' : 'ndjson'
}
