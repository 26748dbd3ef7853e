import pg from 'pg'
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import {withPool} from '../../src/postgres/pool.ts'
import {cli, cliEnv, cliJson} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()
const ROLE = `few_${crypto.randomUUID().slice(0, 8)}`
const GRANTED = 3

/** The server with a role that may have a few connections. */
function fewUrl(): string {
  const url = new URL(inject('databaseUrl'))
  url.username = ROLE
  url.password = 'few'
  return url.href
}

beforeAll(async () => {
  const {schema} = context
  await context.pool.query(`CREATE ROLE ${ROLE} LOGIN PASSWORD 'few' CONNECTION LIMIT ${GRANTED};
    CREATE TABLE ${schema}.few (a int);
    GRANT USAGE ON SCHEMA ${schema}, qtool TO ${ROLE};
    GRANT ALL ON ${schema}.few, qtool.applied_lease TO ${ROLE}`)
})

afterAll(async () => {
  await context.pool.query(`DROP OWNED BY ${ROLE} CASCADE; DROP ROLE ${ROLE}`)
})

describe('a server that gives fewer connections than are wanted', () => {
  it('has them shared by all who wait, however long that takes, and says so once', async () => {
    let told = 0
    const most = await withPool(fewUrl(), {max: 12, onShared: () => told++}, async (pool) => {
      const counts = await Promise.all(
        Array.from({length: 12}, async () => {
          const client = await pool.connect()
          const {rows} = await client.query(
            'SELECT count(*)::int n, pg_sleep(0.05) FROM pg_stat_activity WHERE usename = current_user',
          )
          client.release()
          return rows[0].n
        }),
      )
      return Math.max(...counts)
    })
    expect(most).toBe(GRANTED)
    expect(told).toBe(1)
  })

  it('drains with more workers than that, and nothing is taken for an outage', async () => {
    const {queue} = context.newQueue()
    const env = cliEnv({DATABASE_URL: fewUrl()})
    const input = Array.from({length: 3000}, (_, a) => JSON.stringify({a})).join('\n')
    await cli(['enqueue', '-q', queue], {env, input})
    const table = `${context.schema}.few`
    const args = ['work', '-q', queue, '--table', table, '--workers', '20', '--batch', '50', '--until-empty']
    const {code, stderr, json} = await cliJson(args, {env})
    expect({code, ...json}).toMatchObject({code: 0, inserted: 3000, deadLettered: 0, retried: 0})
    expect(stderr).not.toMatch(/unreachable|away|back/)
    expect(stderr.match(/connections wanted/g)?.length ?? 0).toBeLessThanOrEqual(1)
    const {rows} = await context.pool.query(`SELECT count(DISTINCT a)::int n FROM ${table}`)
    expect(rows[0].n).toBe(3000)
  })

  it('and gives none at all cannot be reached', async () => {
    const others = Array.from({length: GRANTED}, () => new pg.Client(fewUrl()))
    try {
      await Promise.all(others.map((client) => client.connect()))
      await expect(withPool(fewUrl(), {max: 2}, (pool) => pool.query('SELECT 1'))).rejects.toMatchObject({
        code: '53300',
        kind: 'connect',
      })
    } finally {
      await Promise.all(others.map((client) => client.end()))
    }
  })
})
