import type {Readable} from 'node:stream'
import {setImmediate} from 'node:timers/promises'
import {loadWith} from '../producer/load.ts'
import {emptyResult, type LoadResult} from '../producer/load-options.ts'
import {gunzip} from '../source/gunzip.ts'
import {readJsonStream} from '../source/json-stream.ts'
import {readNdjson} from '../source/ndjson.ts'
import type {Chunks, Reject, Source} from '../source/source.ts'
import {slowBody} from './body-deadline.ts'
import type {Resources} from './resources.ts'
import {Stall} from './stall.ts'

/** How records come in the body of a request. */
export type BodyFormat = 'ndjson' | 'json'

export interface Ingest {
  queue: string
  body: Readable
  format: BodyFormat
  isGzip: boolean
  /** The usual one of its kind of queue if left out. */
  priority?: number
  keepDuplicates: boolean
  /** Path of the records in an envelope. */
  records: string
  /** Aborted if the client is gone: what it has sent is enqueued. */
  signal: AbortSignal
  note(text: string): void
}

/** What became of the records of a request; read = enqueued + duplicates + rejected + unsent. */
export interface Account extends Omit<LoadResult, 'items'> {
  queue: string
  /** The first of those that were rejected. */
  rejects: Array<{line: number; code: string; message: string}>
}

/** Rejected records that are listed; all are counted. */
const LISTED = 1000

/** Largest item, in bytes. */
const MAX_BYTES = 1024 * 1024

/** How long a stream may be silent, ms. */
const SILENT_MS = 30_000

/** Name of the body where files have theirs. */
const BODY = 'body'

/**
 * Puts the records of a body into a queue as they come, in bounded memory. After a failure `account` shows what was
 * accepted by then.
 */
export async function ingest({producers}: Resources, given: Ingest, account: Account): Promise<void> {
  const {queue, priority, records, keepDuplicates} = given
  const stall = new Stall(() => account.enqueued + account.duplicates + account.rejected)
  const signal = AbortSignal.any([given.signal, stall.signal])
  const loading = producers.lend(queue, {priority, notKept: () => given.note(NOT_KEPT)}, async (producer) => {
    stall.begin()
    const options = {
      ...{mode: 'batch' as const, batch: 1000, records, keepDuplicates, signal},
      maxBytes: MAX_BYTES,
      isLive: true,
      onFlights: async () => {},
      onReject: ({line, code, message}: Reject) => {
        if (account.rejects.length < LISTED) account.rejects.push({line, code, message})
      },
    }
    await loadWith(producer, recordsOf(given, stall), options, account as Account & LoadResult)
  })
  await stall.unless(loading)
}

export function emptyAccount(queue: string): Account {
  return {queue, ...emptyResult(), rejects: []}
}

const NOT_KEPT = 'this Redis user may not read maxmemory-policy, so nobody knows whether Redis evicts keys'

function recordsOf({body, format, isGzip}: Ingest, stall: Stall): Source {
  const bytes = isGzip ? gunzip(BODY, watched(body, stall)) : watched(body, stall)
  return breathing(
    format === 'ndjson' ? readNdjson(BODY, bytes, MAX_BYTES) : readJsonStream(BODY, bytes, MAX_BYTES),
  )
}

/** A KiB of gzip may hold a million bad lines, which wait for nothing: other requests get their turn in between. */
async function* breathing(source: Source): Source {
  for await (const batch of source) {
    yield batch
    await setImmediate()
  }
}

/**
 * The chunks of a stream that may not fall silent: it would hold a connection to Redis for ever. The stream is not
 * destroyed, since its connection carries the answer.
 */
async function* watched(body: Readable, stall: Stall): Chunks {
  const reading = body[Symbol.asyncIterator]()
  for (;;) {
    stall.pause()
    const {done, value} = await inTime(reading.next())
    stall.begin()
    if (done) return
    yield value
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(slowBody(SILENT_MS)), SILENT_MS)
  })
  work.catch(() => {})
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
