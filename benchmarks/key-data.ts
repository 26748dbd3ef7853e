import {createHash} from 'node:crypto'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Bench} from './bench-servers.ts'

/** The same records as NDJSON and CSV. */
export interface KeyData {
  ndjson: string
  csv: string
  /** Of the CSV. */
  columns: string
}

/** Writes records of the sample table that refer to so many parents in a mixed order, and makes the parents. */
export async function makeKeyData(
  {pool, folder}: Pick<Bench, 'pool' | 'folder'>,
  {count, parents}: {count: number; parents: number},
): Promise<KeyData> {
  const ids = Array.from({length: parents}, (_, i) => uuidOf(`${parents} ${i}`))
  await pool.query('TRUNCATE flights CASCADE')
  await pool.query(`INSERT INTO flights (id, flight_id) SELECT id, 'F' FROM unnest($1::uuid[]) id`, [ids])
  await pool.query('ANALYZE flights')
  const records = Array.from({length: count}, (_, i) => ({
    flight_uuid: ids[(Math.imul(i + 1, 2246822519) >>> 0) % parents],
    flight_id: `F${i % 1000}`,
    datetime: new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString(),
    lat: 47 + (i % 9973) / 10_000,
    lon: 11 + (i % 9967) / 10_000,
    elevation: 500 + (i % 3000),
    device_id: `D${i % 50}`,
  }))
  const files = {ndjson: join(folder, 'keys.ndjson'), csv: join(folder, 'keys.csv')}
  writeFileSync(files.ndjson, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  writeFileSync(files.csv, records.map((record) => `${Object.values(record).join(',')}\n`).join(''))
  return {...files, columns: Object.keys(records[0]).join(',')}
}

function uuidOf(seed: string): string {
  const hex = createHash('md5').update(seed).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
