import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {countText} from '../config/amount.ts'
import type {Settings} from '../config/settings.ts'
import {QtoolError} from '../errors.ts'
import type {Report} from '../progress/stage.ts'
import type {EngineKind} from '../queue/kinds.ts'
import type {ChunkTracing, EnqueueMode} from '../queue/producer.ts'
import {assertPriority} from '../queue/zset/score.ts'
import type {Format} from '../source/formats.ts'
import type {Flight, Reject} from '../source/source.ts'
import {enqueueStage} from './enqueue-progress.ts'
import {wrappingOf} from './item-shape.ts'
import {load} from './load.ts'
import {emptyResult, type LoadResult} from './load-options.ts'
import {type FailedFile, openInput} from './open-input.ts'
import {openSpread, type SpreadFlags} from './open-spread.ts'
import {openRejects, readingOf, skipping} from './reading.ts'
import type {RejectsFile} from './rejects-file.ts'

/** The flags of `enqueue`; rates are per second. */
export interface EnqueueFlags extends SpreadFlags {
  format?: Format
  count?: number
  seed?: number
  /** Share, 0 to 1. */
  invalid?: number
  mode: EnqueueMode
  batch: number
  priority: number
  rate?: number
  rejects?: string
  'max-depth'?: number
  'keep-duplicates': boolean
  register: boolean
  'max-bytes': number
  lenient: boolean
  /** Records to leave out at the beginning. */
  skip?: number
}

export interface RunEnqueueOptions {
  flags: EnqueueFlags
  files: string[]
  settings: Settings
  signal: AbortSignal
  withRedis<T>(use: (redis: Redis) => Promise<T>): Promise<T>
  withPostgres<T>(use: (pool: Pool) => Promise<T>): Promise<T>
  note(text: string): void
  tracing?: ChunkTracing
  /** Told how far it is. */
  report: Report
}

export interface EnqueueResult extends LoadResult {
  queue: string
  /** How the queue keeps its items. */
  engine: EngineKind
  /** Files that could not be read to their end; those after them were. */
  failedFiles: Array<{file: string; code: string; message: string}>
  /** Seed of the synthetic records; null if there are none. */
  seed: number | null
  seconds: number
  itemsPerSecond: number
}

/** Rejected lines shown one by one; the file of --rejects has them all. */
const SHOWN = 5

/** Reads all sources into a queue, with everything the flags of `enqueue` ask for. */
export async function runEnqueue(options: RunEnqueueOptions): Promise<EnqueueResult> {
  const {flags, settings} = options
  const seed = flags.count === undefined ? null : (flags.seed ?? Math.floor(Math.random() * 2 ** 31))
  const result = emptyResult()
  const limits = {
    priority: assertPriority(flags.priority),
    rate: flags.rate,
    maxDepth: flags['max-depth'],
  }
  const failed: FailedFile[] = []
  const records = settings.records.value
  const wrapping = wrappingOf({group: flags.group, records, keepDuplicates: flags['keep-duplicates']})
  const closing = new AbortController()
  let bytesRead = 0
  const onBytes = (bytes: number) => {
    bytesRead += bytes
  }
  const input = {...options, wrapping, closing: closing.signal, onBytes}
  const all = await openInput(input, seed, failed)
  const reading = await readingOf(options, seed)
  const {names, isLive: live, position} = reading
  const source = skipping(all, flags.skip, position)
  const rejects = await openRejects(flags, names)
  const loading = {...limits, ...loadOptions(options, result, rejects), isLive: live, position}
  const report = () => options.report(enqueueStage(result, reading, bytesRead))
  try {
    const {engine, seconds} = await options.withRedis(async (redis) => {
      // The connection is open by now: only the enqueueing is measured
      const started = performance.now()
      const queue = await openSpread(redis, options)
      await load(queue, source, {...loading, onProgress: report}, result).finally(report)
      return {engine: queue.kind, seconds: (performance.now() - started) / 1000}
    })
    if (failed.length > 0 && failed.length >= options.files.length) throw failed[0].error
    await rejects?.close()
    const failedFiles = failed.map(({file, error: {code, message}}) => ({file, code, message}))
    const itemsPerSecond = result.items / seconds
    return {queue: settings.queue.value, engine, ...result, failedFiles, seed, seconds, itemsPerSecond}
  } catch (error) {
    // Whatever happens here, the first error is the one to report
    await rejects?.close().catch(() => {})
    throw interrupted(error, result)
  } finally {
    // A pipe that nobody closes would keep this process alive
    closing.abort()
    if (live) process.stdin.destroy()
  }
}

function loadOptions(options: RunEnqueueOptions, result: LoadResult, rejects: RejectsFile | undefined) {
  const {flags, settings} = options
  return {
    mode: flags.mode,
    batch: flags.batch,
    group: flags.group,
    records: settings.records.value,
    maxBytes: flags['max-bytes'],
    keepDuplicates: flags['keep-duplicates'],
    signal: options.signal,
    tracing: options.tracing,
    onFlights: (flights: Flight[]) => register(options, flights),
    onReject: (reject: Reject) => report(options, result, rejects, reject),
    onOutage: options.note,
    onUnchecked: options.note,
    onWait: (depth: number, maxDepth: number) =>
      options.note(`the queue holds ${depth} items (--max-depth ${countText(maxDepth)}); waiting`),
  }
}

async function register(options: RunEnqueueOptions, flights: Flight[]): Promise<void> {
  if (!options.flags.register) return
  if (!options.settings.databaseUrl) {
    options.note('no Postgres configured, so the flights of these tracks are not registered')
    return
  }
  const {registerFlights} = await import('../sample/flights.ts')
  await options.withPostgres((pool) => registerFlights(pool, flights))
}

async function report(
  options: RunEnqueueOptions,
  result: LoadResult,
  file: RejectsFile | undefined,
  reject: Reject,
): Promise<void> {
  const {source, line, code, message} = reject
  if (result.rejected <= SHOWN) options.note(`${source}:${line}: ${code}: ${message}`)
  else if (result.rejected === SHOWN + 1) {
    options.note(
      file
        ? 'more lines rejected; see the --rejects file'
        : 'more lines rejected; --rejects FILE records them all',
    )
  }
  await file?.write(reject)
}

/** Adds to an error what had been accepted by then. */
function interrupted(error: unknown, result: LoadResult): unknown {
  if (result.read === 0 || !(error instanceof Error)) return error
  const {read, enqueued, duplicates, rejected, unconfirmed, unsent} = result
  const sent = `${enqueued} of ${read} records read had been enqueued, ${duplicates} were duplicates, ${rejected} rejected`
  const so = `${sent}${unconfirmed > 0 ? `, ${unconfirmed} not confirmed` : ''}, ${unsent} unsent`
  const known = error instanceof QtoolError ? error : undefined
  return new QtoolError(`${error.message}; by then ${so}`, {
    code: known?.code ?? 'INTERRUPTED',
    kind: known?.kind ?? 'failure',
    suggestions: known?.suggestions,
    cause: error,
  })
}
