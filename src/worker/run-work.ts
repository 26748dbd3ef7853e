import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import type {Settings} from '../config/settings.ts'
import {messageOf, QtoolError} from '../errors.ts'
import {keepMemoryFlat} from '../memory.ts'
import {queueKeys} from '../redis/keys.ts'
import {AppliedLeases} from '../sink/ledger.ts'
import {openSink, type Sink} from '../sink/sink.ts'
import type {BreakerState} from './breaker.ts'
import {drain} from './drain.ts'
import type {Tally} from './tally.ts'

export interface WorkOptions {
  settings: Settings
  workers: number
  batch: number
  leaseMs: number
  maxRetries: number
  foreignKeys: {retries: number; delayMs: number}
  untilEmpty: boolean
  strict: boolean
  allowSpecialValues: boolean
  maxItemBytes: number
  signal: AbortSignal
  note(text: string): void
  onLease(tally: Tally): void
}

export interface WorkResult extends Tally {
  queue: string
  table: string
  seconds: number
  recordsPerSecond: number
}

/** Drains a queue into a table until it is empty or the signal says stop. */
export async function runWork(redis: Redis, pool: Pool, options: WorkOptions): Promise<WorkResult> {
  keepMemoryFlat()
  const {settings} = options
  const {sink, ledger} = await prepare(pool, options)
  const started = performance.now()
  const tally = await drain(redis, pool, sink, {
    queue: settings.queue.value,
    keys: queueKeys(settings.queue.value),
    workers: options.workers,
    batch: options.batch,
    leaseMs: options.leaseMs,
    maxRetries: options.maxRetries,
    foreignKeys: options.foreignKeys,
    untilEmpty: options.untilEmpty,
    ledger,
    signal: options.signal,
    onLease: options.onLease,
    onBreaker: (server, state, error) => options.note(breakerNote(server, state, error)),
  })
  const seconds = (performance.now() - started) / 1000
  if (tally.unknownKeys > 0) {
    options.note(
      `${tally.unknownKeys} keys of records name no column of ${sink.table.quoted} and were left out (--strict refuses such records)`,
    )
  }
  const records = tally.inserted + tally.alreadyThere + tally.deadLettered
  const table = `${sink.table.schema}.${sink.table.name}`
  return {
    queue: settings.queue.value,
    table,
    ...tally,
    seconds,
    recordsPerSecond: records / seconds,
  }
}

/** Reads the table, and says loudly where the ledger cannot be used. */
async function prepare(
  pool: Pool,
  options: WorkOptions,
): Promise<{sink: Sink; ledger: AppliedLeases | undefined}> {
  const {settings} = options
  const client = await pool.connect()
  try {
    const sink = await openSink(client, {
      table: settings.table.value,
      rename: settings.rename,
      records: settings.records.value,
      strict: options.strict,
      allowSpecialValues: options.allowSpecialValues,
      maxItemBytes: options.maxItemBytes,
    })
    const ledger = new AppliedLeases()
    const state = await ledger.state(client)
    if (state === 'missing') {
      throw new QtoolError('expected the ledger qtool.applied_lease in the database, found none', {
        code: 'NO_LEDGER',
        suggestions: ['qtool migrate creates it'],
      })
    }
    if (state === 'closed') {
      options.note(
        'WARNING: this role may not write the ledger qtool.applied_lease. A worker that dies between its COMMIT and its acknowledge will have its rows written a second time, unless a unique key stops them',
      )
    }
    return {sink, ledger: state === 'open' ? ledger : undefined}
  } finally {
    client.release()
  }
}

function breakerNote(server: string, state: BreakerState, error: unknown): string {
  if (state === 'closed') return `${server} is back: going on`
  if (state === 'half-open') return `${server}: trying one call`
  return `${server} is away, items wait in the queue: ${messageOf(error)}`
}
