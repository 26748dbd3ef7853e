import {inject} from 'vitest'
import type {TestContext} from './context.ts'

/** The place of each record, by its `id`, found with only the names of qtool's keys and the table. */
export interface Places {
  ready: number[]
  leased: number[]
  dead: number[]
  rows: number[]
}

/** Finds the records of a queue in Redis and in a table with a column `id`; all lists are sorted. */
export async function findRecords(
  context: Pick<TestContext, 'redis' | 'pool'>,
  queue: string,
  table: string,
): Promise<Places> {
  const {redis, pool} = context
  const leased: string[] = []
  for (const lease of await redis.zrange(`leases:${queue}`, '0', '-1')) {
    leased.push(...(await redis.zrange(`lease:${queue}:${lease}`, '0', '-1')))
  }
  const letters = await redis.zrange(`dlq:${queue}`, '0', '-1')
  const {rows} = await pool.query(`SELECT id FROM ${table}`)
  return {
    ready: idsOf(await redis.zrange(`queue:${queue}`, '0', '-1')),
    leased: idsOf(leased),
    dead: idsOf(letters.map((letter) => JSON.parse(letter).payload)),
    rows: sorted(rows.map(({id}) => Number(id))),
  }
}

/** The ids in items: of the item itself, or of the records of an envelope. */
function idsOf(items: string[]): number[] {
  return sorted(
    items.flatMap((item) => {
      const {id, points} = JSON.parse(item)
      return Array.isArray(points) ? points.map((point) => point.id) : [id]
    }),
  )
}

function sorted(ids: number[]): number[] {
  return ids.sort((a, b) => a - b)
}

/** Major version of the Postgres of this test run, e.g. 14. */
export async function postgresMajor(context: Pick<TestContext, 'pool'>): Promise<number> {
  const {rows} = await context.pool.query('SHOW server_version_num')
  return Math.floor(Number(rows[0].server_version_num) / 10_000)
}

/** URL of the test run's Postgres with another user, database or port. */
export function databaseUrl(change: {user?: string; database?: string; port?: number}): string {
  const url = new URL(inject('databaseUrl'))
  if (change.user) url.username = change.user
  if (change.database) url.pathname = `/${change.database}`
  if (change.port) url.port = String(change.port)
  return url.href
}
