import {randomUUID} from 'node:crypto'
import pg from 'pg'
import {afterAll, beforeAll, expect, inject} from 'vitest'
import type {Finding} from '../../../src/doctor/check.ts'
import {POSTGRES_CHECKS} from '../../../src/doctor/postgres/checks.ts'
import {type PostgresFacts, readPostgresFacts} from '../../../src/doctor/postgres/facts.ts'
import {migrate} from '../../../src/sample/migrate.ts'
import {until} from '../../support/cli.ts'

/** A database of a test file's own, so that its statistics count nothing of others. */
export interface OwnDatabase {
  pool: pg.Pool
  url: string
}

/** Makes a database with qtool's tables on the server of the test run, and drops it at the end. */
export function useDatabase(): OwnDatabase {
  const name = `doctor_${randomUUID().replaceAll('-', '')}`
  const own = {} as OwnDatabase
  const admin = new pg.Pool({connectionString: inject('databaseUrl'), max: 1})
  beforeAll(async () => {
    await admin.query(`CREATE DATABASE ${name}`)
    own.url = Object.assign(new URL(inject('databaseUrl')), {pathname: `/${name}`}).href
    own.pool = await openMigrated(own.url)
  })
  afterAll(async () => {
    await own.pool.end()
    // A pool ends before its sessions have
    await until(async () => (await admin.query(SESSIONS, [name])).rows[0].n === 0)
    await admin.query(`DROP DATABASE ${name}`)
    await admin.end()
  })
  return own
}

const SESSIONS = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1 AND usesysid IS NOT NULL`

/** A pool for a database that has qtool's tables. */
export async function openMigrated(url: string): Promise<pg.Pool> {
  const pool = new pg.Pool({connectionString: url})
  // Tests end sessions and servers
  pool.on('error', () => {})
  await use(pool, (client) => migrate(client, {sample: false}))
  return pool
}

/** Lends a client of the pool. */
export async function use<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  return work(client).finally(() => client.release())
}

export function factsOf(pool: pg.Pool, ...tables: string[]): Promise<PostgresFacts> {
  return use(pool, (client) => readPostgresFacts(client, tables))
}

/** What all checks find. */
export function judge(facts: PostgresFacts): Finding[] {
  return POSTGRES_CHECKS.flatMap(({id, judge}) => judge(facts).map((found) => ({check: id, ...found})))
}

/** `LEVEL CHECK` of each finding, e.g. `critical blocked`. */
export function titles(findings: Finding[]): string[] {
  return findings.map(({level, check}) => `${level} ${check.replace('postgres.', '')}`)
}

/**
 * What is found on the server of the test run. It is known to run without fsync, and its connections and checkpoints
 * are those of other test files as well.
 */
export async function examine(pool: pg.Pool, ...tables: string[]): Promise<Finding[]> {
  const findings = judge(await factsOf(pool, ...tables))
  expect(titles(findings)).toContain('critical fsync')
  const shared = ['postgres.fsync', 'postgres.connections', 'postgres.checkpoints']
  return findings.filter(({check}) => !shared.includes(check))
}
