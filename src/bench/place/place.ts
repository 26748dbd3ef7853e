import {setTimeout as wait} from 'node:timers/promises'
import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {QtoolError} from '../../errors.ts'
import {classifyFailure} from '../../postgres/failure.ts'
import type {QueueEngine} from '../../queue/engine.ts'
import {openQueue} from '../../queue/open.ts'
import {FLIGHT_COLUMNS, POINT_COLUMNS, POINT_KEY} from '../../sample/sample.ts'
import {AppliedLeases} from '../../sink/ledger/ledger.ts'
import {ledgerSql} from '../../sink/ledger/migrate.ts'
import {openSinks} from '../../sink/open-sinks.ts'
import type {Sinks} from '../../sink/sinks.ts'
import {interruptedEarly} from '../findings.ts'

/** Where a scenario works: a queue and a schema of its own, which are removed afterwards. */
export interface Place {
  queue: QueueEngine
  schema: string
  /** Qualified; see POINTS. */
  table: string
  /** Ids of the flights that points may refer to. */
  flights: string[]
  ledger: AppliedLeases
}

const FLIGHTS = 10

const DROP_TRIES = 10
const DROP_PAUSE_MS = 1000

/**
 * The tables of the sample schema, except that their unique index is a plain one here: it costs the same, and a row
 * that was written twice can be seen.
 */
const POINTS = `
CREATE TABLE flights (${FLIGHT_COLUMNS}
);
CREATE TABLE points (${POINT_COLUMNS}
);
CREATE INDEX ON points ${POINT_KEY}`

export interface PlaceOptions {
  /** Plain letters and digits, unique. */
  id: string
  signal: AbortSignal
  /** Whether the scenario kills servers, which the cleanup then waits for. */
  survivesOutages: boolean
}

/**
 * Makes a place for `use`, and removes it on every path.
 * @throws QtoolError that names what is left behind if a server can no longer be reached
 */
export async function withPlace<T>(
  redis: Redis,
  pool: Pool,
  {id, signal, survivesOutages}: PlaceOptions,
  use: (place: Place) => Promise<T>,
): Promise<T> {
  const queue = await openQueue(redis, {name: `qtool-bench-${id}`})
  const schema = `qtool_bench_${id}`
  const clear = async () => {
    const tries = survivesOutages ? DROP_TRIES : 1
    const outcomes = await Promise.allSettled([queue.destroy(), dropSchema(pool, schema, tries)])
    return outcomes.find((outcome) => outcome.status === 'rejected')
  }
  let result: T
  if (signal.aborted) throw interruptedEarly()
  try {
    const flights = await makeSchema(pool, schema)
    const ledger = new AppliedLeases(schema)
    result = await use({queue, schema, table: `${schema}.points`, flights, ledger})
  } catch (error) {
    // The first error is the one to report
    await clear()
    throw error
  }
  const failed = await clear()
  if (failed) throw signal.aborted ? leftBehind(schema, queue.name, failed.reason) : failed.reason
  return result
}

function leftBehind(schema: string, queue: string, cause: unknown): QtoolError {
  return new QtoolError('interrupted while a server did not answer; not everything could be removed', {
    code: 'INTERRUPTED',
    kind: 'interrupted',
    suggestions: [`DROP SCHEMA IF EXISTS ${schema} CASCADE`, `qtool purge -q ${queue} --include-dlq`],
    cause,
  })
}

async function makeSchema(pool: Pool, schema: string): Promise<string[]> {
  await pool.query(`CREATE SCHEMA ${schema}`)
  await pool.query(`BEGIN; SET LOCAL search_path = ${schema}; ${POINTS}; ${ledgerSql(schema)}; COMMIT`)
  const {rows} = await pool.query<{id: string}>(
    `INSERT INTO ${schema}.flights (id, flight_id)
SELECT gen_random_uuid(), 'B' || n FROM generate_series(0, ${FLIGHTS - 1}) n RETURNING id`,
  )
  return rows.map((row) => row.id)
}

/** Tries several times: a server that a scenario has killed may still be starting. */
async function dropSchema(pool: Pool, schema: string, most: number): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
      return
    } catch (error) {
      if (tries === most || classifyFailure(error) !== 'away') throw error
      await wait(DROP_PAUSE_MS)
    }
  }
}

/** Removes everything that a run left, so that the next one starts afresh. */
export async function emptyPlace(pool: Pool, place: Place): Promise<void> {
  await place.queue.destroy()
  await pool.query(`DELETE FROM ${place.schema}.applied_lease`)
  // Safe, because the table belongs to this place
  await pool.query(`TRUNCATE ${place.table}`)
}

/** Opens the table of a place, to drain into. */
export async function openPlaceSinks(pool: Pool, place: Place): Promise<Sinks> {
  const client = await pool.connect()
  try {
    return await openSinks(client, {
      table: place.table,
      rename: {},
      records: 'points',
      strict: false,
      allowSpecialValues: false,
      foreignKeys: 'auto',
    })
  } finally {
    client.release()
  }
}
