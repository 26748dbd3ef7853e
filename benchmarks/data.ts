import {once} from 'node:events'
import {createWriteStream, readFileSync} from 'node:fs'
import {finished} from 'node:stream/promises'
import {MAX_ITEM_BYTES} from '../src/json/item.ts'
import {registerFlights} from '../src/sample/flights.ts'
import {synthesize} from '../src/sample/synthetic.ts'
import type {Bench} from './bench-servers.ts'

/** The same records as NDJSON for qtool and as CSV for psql. */
export interface DataFiles {
  ndjson: string
  csv: string
  /** Two halves of the CSV. */
  halves: [string, string]
  count: number
}

export const CSV_COLUMNS = 'flight_uuid,flight_id,datetime,lat,lon,elevation,device_id'

/** Writes `count` synthetic records of about 150 bytes and registers their flights. */
export async function makeData(
  bench: Pick<Bench, 'folder' | 'pool'>,
  count: number,
  seed: number,
): Promise<DataFiles> {
  const at = (name: string) => `${bench.folder}/${seed}-${name}`
  const files = {
    ndjson: at('r.ndjson'),
    csv: at('r.csv'),
    halves: [at('a.csv'), at('b.csv')] as [string, string],
    count,
  }
  const [ndjson, csv, a, b] = [files.ndjson, files.csv, ...files.halves].map((path) =>
    createWriteStream(path),
  )
  let n = 0
  for await (const batch of synthesize({count, seed, invalid: 0, maxBytes: MAX_ITEM_BYTES})) {
    if (batch.flights.length > 0) await registerFlights(bench.pool, batch.flights)
    const lines: string[] = []
    const rows: string[] = []
    for (let i = 0; i < batch.count; i++) {
      const text = batch.bytes.toString('latin1', batch.starts[i], batch.ends[i])
      const record = JSON.parse(text)
      lines.push(text)
      rows.push(
        CSV_COLUMNS.split(',')
          .map((key) => record[key] ?? '')
          .join(','),
      )
    }
    ndjson.write(`${lines.join('\n')}\n`)
    csv.write(`${rows.join('\n')}\n`)
    const half = n < count / 2 ? a : b
    if (!half.write(`${rows.join('\n')}\n`)) await once(half, 'drain')
    n += batch.count
  }
  for (const stream of [ndjson, csv, a, b]) await finished(stream.end())
  // Autovacuum would do it after some rounds, and Postgres then looks parents up in another way
  await bench.pool.query('ANALYZE flights')
  return files
}

/** Appends the records to a list. */
export async function fillList(
  {redis}: Pick<Bench, 'redis'>,
  key: string,
  {ndjson}: DataFiles,
): Promise<void> {
  const lines = readFileSync(ndjson, 'utf8').trimEnd().split('\n')
  for (let i = 0; i < lines.length; i += 1000) await redis.rpush(key, ...lines.slice(i, i + 1000))
}

/** Empties tables and Redis, which nobody else uses; the checkpoint leaves Postgres no work from before. */
export async function clean(
  {pool, redis}: Pick<Bench, 'pool' | 'redis'>,
  tables = ['live_track_points'],
): Promise<void> {
  await pool.query(`TRUNCATE ${tables.join(', ')}`)
  await pool.query('CHECKPOINT')
  await redis.flushall('SYNC')
}

/** Makes the sample tables and the ledger. Builds older than --sample make the sample tables without it. */
export async function makeSample(qtool: Bench['qtool']): Promise<void> {
  const {stdout} = await qtool('migrate', '--help')
  await qtool('migrate', ...(stdout.includes('--sample') ? ['--sample'] : []))
}
