import {createServer, type Socket} from 'node:net'
import type pg from 'pg'
import {describe, expect, inject, it, vi} from 'vitest'
import {withPool} from '../../src/postgres/pool.ts'
import {planPool} from '../../src/postgres/pool-config.ts'

const ask = (url: string, sql = 'SELECT 1', queryTimeoutMs?: number) =>
  withPool(url, {max: 1, queryTimeoutMs}, (pool) => pool.query(sql))

const SESSION =
  "SELECT current_setting('TimeZone') zone, current_setting('DateStyle') style, current_setting('application_name') name, current_setting('search_path') path"

function withQuery(query: string): string {
  return `${inject('databaseUrl')}?${query}`
}

describe('a pool', () => {
  it.each([
    ['as it is', '', {zone: 'UTC', name: 'qtool'}],
    ['with options of the URL', 'options=-c%20search_path%3Delsewhere', {zone: 'UTC', path: 'elsewhere'}],
    [
      'with a time zone of the URL, which would shift timestamps',
      'options=-c%20TimeZone%3DAsia/Tokyo',
      {zone: 'UTC'},
    ],
    ['with a name of the URL', 'application_name=mine', {zone: 'UTC', name: 'mine'}],
    ['behind PgBouncer', 'pgbouncer=true', {zone: 'UTC', name: 'qtool'}],
  ])('%s has sessions in UTC', async (_title, query, wanted) => {
    const {rows} = await ask(withQuery(query), SESSION)
    expect(rows[0]).toMatchObject({...wanted, style: expect.stringMatching(/^ISO/)})
  })

  it('sends no start-up options to PgBouncer, which refuses them', () => {
    expect(planPool('postgres://h/x?pgbouncer=true', {max: 1}, {}).config).not.toHaveProperty('options')
  })

  it('is closed when its user throws, and what is not an error of pg comes through as it was', async () => {
    let lent: pg.Pool | undefined
    const thrown = new Error('request timeout of somebody else')
    const failed = withPool(inject('databaseUrl'), {max: 1}, async (pool) => {
      lent = pool
      throw thrown
    })
    await expect(failed).rejects.toBe(thrown)
    expect(lent?.ended).toBe(true)
  })

  it('survives an idle connection that the server ends', async () => {
    const result = await withPool(inject('databaseUrl'), {max: 2}, async (pool) => {
      const [idle, other] = [await pool.connect(), await pool.connect()]
      const {rows} = await idle.query('SELECT pg_backend_pid() pid')
      idle.release()
      await other.query('SELECT pg_terminate_backend($1)', [rows[0].pid])
      await vi.waitFor(() => expect(pool.totalCount).toBe(1))
      other.release()
      return pool.query('SELECT 7 n')
    })
    expect(result.rows).toEqual([{n: 7}])
  })
})

describe('an error says what happened and what to do, without secrets', () => {
  const at = (login: string, database: string) => {
    const url = new URL(inject('databaseUrl'))
    return `postgres://${login}@${url.host}/${database}`
  }

  it.each([
    ['a closed port', () => 'postgres://u:s3cret@localhost:1/x', 'CONNECT', 'connect'],
    ['a wrong password', () => at('postgres:s3cret', 'postgres'), '28P01', 'connect'],
    ['a missing database', () => inject('databaseUrl').replace(/\w+$/, 'nowhere'), '3D000', 'connect'],
    ['TLS where the server has none', () => withQuery('sslmode=require'), 'CONNECT', 'connect'],
    ['another kind of URL', () => 'mysql://u:s3cret@h/x', 'USAGE', 'usage'],
    ['a password with a slash', () => 'postgres://u:s3cret/x@h/x', 'USAGE', 'usage'],
    ['a CA file that is not there', () => withQuery('sslrootcert=/nowhere.pem'), 'USAGE', 'usage'],
  ])('%s', async (_title, url, code, kind) => {
    const failed = ask(url())
    await expect(failed).rejects.toMatchObject({
      code,
      kind,
      suggestions: expect.arrayContaining([expect.any(String)]),
    })
    await expect(failed).rejects.not.toThrow('s3cret')
  })

  it('a missing table', async () => {
    await expect(ask(inject('databaseUrl'), 'SELECT * FROM nowhere')).rejects.toMatchObject({
      code: '42P01',
      kind: 'failure',
      suggestions: [expect.stringContaining('qtool migrate')],
    })
  })

  it('a statement that takes too long', async () => {
    await expect(ask(inject('databaseUrl'), 'SELECT pg_sleep(5)', 100)).rejects.toMatchObject({
      code: 'CONNECT',
      message: expect.stringContaining('Query read timeout'),
    })
  })

  it('a server that never answers, after five seconds', async () => {
    const sockets: Socket[] = []
    const server = createServer((socket) => sockets.push(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await expect(ask(`postgres://u@127.0.0.1:${port}/x`)).rejects.toMatchObject({
      code: 'CONNECT',
      kind: 'connect',
    })
    for (const socket of sockets) socket.destroy()
    server.close()
  })
})
