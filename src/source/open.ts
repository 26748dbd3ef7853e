import {ReadStream} from 'node:fs'
import {access, constants, stat} from 'node:fs/promises'
import {isQueueName} from '../config/queue-name.ts'
import {messageOf, QtoolError, usageError} from '../errors.ts'
import {LenientNumbers} from '../json/lenient.ts'
import {formatOf, peek, tellsFormat} from './first-bytes.ts'
import type {Format} from './formats.ts'
import {gunzip} from './gunzip.ts'
import {readNdjson} from './ndjson.ts'
import {openFile} from './open-file.ts'
import type {Chunks, Source} from './source.ts'

export interface OpenOptions {
  /** Paths; `-` is stdin, as is an empty list. */
  files: string[]
  /** By default the extension decides, or else the first bytes. */
  format?: Format
  stdin: NodeJS.ReadableStream
  /** Largest record. */
  maxBytes: number
  /** Levels of nesting that will surround each record; 0 unless given. */
  outerDepth?: number
  /** Whether to read a bare NaN or Infinity, as Python writes it, as null. */
  lenient?: boolean
  /** Called with the error that ended a file early; the files after it are read. Without it the error is thrown. */
  onFailure?: (file: string, error: QtoolError) => void
  /** Told of the bytes of all inputs as they are read, before they are decompressed. */
  onBytes?: (bytes: number) => void
  /** Called for a file that held no record. */
  onEmpty?: (file: string) => void
  /** Aborting it ends the reading, also of a named pipe whose writer stays. */
  closing?: AbortSignal
}

/**
 * Reads files one after another, each in its own format and decompressed if it is gzip. A file that cannot be read to
 * its end does not keep the others from being read.
 * @throws QtoolError (usage) for a file that cannot be read, before the first one is begun
 */
export async function openSources(options: OpenOptions): Promise<Source> {
  const files = options.files.length > 0 ? options.files : ['-']
  if (files.indexOf('-') !== files.lastIndexOf('-'))
    throw usageError('stdin can be read only once, but - was given twice')
  for (const file of files) if (file !== '-') await assertReadable(file)
  return readAll(files, options)
}

/** Whether one of them is a pipe, a socket or a terminal: its lines may come at any time, and only once. */
export async function isLive(files: string[], stdin: NodeJS.ReadableStream): Promise<boolean> {
  const named = files.length > 0 ? files : ['-']
  const live = await Promise.all(
    named.map(async (file) => (file === '-' ? !(stdin instanceof ReadStream) : !(await stat(file)).isFile())),
  )
  return live.includes(true)
}

async function assertReadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK)
  } catch (error) {
    throw usageError(
      `cannot read ${file}: ${messageOf(error)}`,
      'check the path',
      ...(isQueueName(file) ? [`-q ${file} names a queue; an argument without a flag is a file`] : []),
    )
  }
  if ((await stat(file)).isDirectory()) {
    throw usageError(`${file} is a folder`, `name the files in it: ${file}/*`)
  }
}

async function* readAll(files: string[], options: OpenOptions): Source {
  for (const file of files) {
    if (options.closing?.aborted) return
    const name = file === '-' ? 'stdin' : file
    try {
      yield* readFile(file, name, options)
    } catch (error) {
      if (options.closing?.aborted) return
      if (!options.onFailure || !(error instanceof QtoolError)) throw error
      options.onFailure(name, error)
    }
  }
}

async function* readFile(file: string, name: string, options: OpenOptions): Source {
  const stream = file === '-' ? options.stdin : await openFile(file, options.closing)
  const {head, chunks} = await peek(gunzipped(name, toChunks(name, stream, options)), tellsFormat)
  assertBytes(name, head)
  const format = options.format ?? formatOf(name, head)
  const isJson = format === 'ndjson' || format === 'json'
  const text = options.lenient && isJson ? leniently(chunks) : chunks
  let isEmpty = true
  for await (const batch of await reader(format, name, text, options)) {
    isEmpty = false
    yield batch
  }
  if (isEmpty) options.onEmpty?.(name)
}

/**
 * @throws QtoolError `UTF16` for its byte order mark, or for a first character of two bytes, one of them zero: neither
 * begins any other text, and every reader would see only noise
 */
function assertBytes(name: string, head: Buffer): void {
  const mark = head.toString('hex', 0, 2)
  const isWide = head.length > 1 && (head[0] === 0) !== (head[1] === 0)
  if (mark !== 'fffe' && mark !== 'feff' && !isWide) return
  throw new QtoolError(`${name} is UTF-16, which is not supported`, {
    code: 'UTF16',
    kind: 'usage',
    suggestions: ['convert it to UTF-8: iconv -f UTF-16 -t UTF-8 FILE'],
  })
}

async function reader(
  format: Format,
  name: string,
  chunks: Chunks,
  {maxBytes, outerDepth}: OpenOptions,
): Promise<Source> {
  if (format === 'ndjson') return readNdjson(name, chunks, maxBytes, outerDepth)
  if (format === 'json')
    return (await import('./json-stream.ts')).readJsonStream(name, chunks, maxBytes, outerDepth)
  if (format === 'csv') return (await import('./csv.ts')).readCsv(name, chunks, maxBytes)
  if (format === 'igc') return (await import('./igc.ts')).readIgc(name, chunks, maxBytes)
  return (await import('./gpx.ts')).readGpx(name, chunks, maxBytes)
}

async function* leniently(chunks: Chunks): Chunks {
  const numbers = new LenientNumbers()
  for await (const chunk of chunks) yield numbers.push(chunk)
  yield numbers.end()
}

async function* toChunks(name: string, stream: NodeJS.ReadableStream, {onBytes}: OpenOptions): Chunks {
  try {
    for await (const chunk of stream) {
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      // The next chunk is asked for once this one has been taken
      onBytes?.(chunk.length)
    }
  } catch (error) {
    throw new QtoolError(`${name} could not be read to its end: ${messageOf(error)}`, {
      code: 'READ_FAILED',
      suggestions: ['what was read before counts; run the command again once the file can be read'],
      cause: error,
    })
  }
}

/** Gzip is recognised by its first two bytes, whatever the file is called. */
async function* gunzipped(name: string, packed: Chunks): Chunks {
  const {head, chunks} = await peek(packed, (bytes) => bytes.length >= 2)
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* chunks
    return
  }
  yield* gunzip(name, chunks)
}
