import {afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished} from 'vitest'
import {cliEnv, runningCli, unusualLines} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {
  expectAllOnce,
  fill,
  holdTable,
  LEASE_BEGIN,
  LEASE_COMMIT,
  type Proxies,
  proxiedEnv,
  startProxies,
  startWork,
} from '../support/faults.ts'
import {until} from '../support/until.ts'

const context = useServers()
const table = 'killed'
let proxies: Proxies

beforeAll(async () => {
  proxies = await startProxies()
  await context.pool.query(`CREATE TABLE ${table} (a int)`)
})
afterAll(() => proxies.close())
beforeEach(() => context.pool.query(`TRUNCATE ${table}`))

describe('X1: a worker is killed', () => {
  it.each([
    ['when it takes a lease', 'redis', 'EVALSHA'],
    ['at BEGIN', 'postgres', LEASE_BEGIN],
    ['in COPY', 'postgres', 'COPY'],
    ['at the ledger', 'postgres', 'INSERT INTO qtool.applied_lease'],
    ['at COMMIT', 'postgres', LEASE_COMMIT],
  ] as const)('%s: another one finishes', async (_, server, pattern) => {
    const at = await fill(context, 600)
    const doomed = startWork(context, {...at, table}, proxiedEnv(proxies))
    // The server's answer never arrives
    await proxies[server].onRequest(pattern, 'swallow-reply')
    doomed.child.kill('SIGKILL')
    await doomed.ended
    const {code} = await startWork(context, {...at, table}, cliEnv()).ended
    expect(code).toBe(0)
    await expectAllOnce(context, at, table)
  })
})

describe('X3: a worker is told to stop', () => {
  it('finishes what it holds on SIGTERM, and leaves no lease', async () => {
    const at = await fill(context, 600)
    const held = await holdTable(context, table)
    const worker = startWork(context, {...at, table, workers: 1}, cliEnv())
    await until(held.isAwaited)
    worker.child.kill('SIGTERM')
    await until(() => worker.stderr().includes('finishing current leases'))
    await held.release()
    expect((await worker.ended).code).toBe(130)
    expect(await context.redis.exists(at.keys.leases, at.keys.attempts)).toBe(0)
    const {rows} = await context.pool.query(`SELECT count(*)::int AS n FROM ${table}`)
    expect(rows[0].n + (await context.redis.zcard(at.keys.ready))).toBe(600)
    expect(rows[0].n).toBeGreaterThan(0)
  })

  it('leaves at once on a second Ctrl-C, and its leases are taken over', async () => {
    const at = await fill(context, 600)
    const held = await holdTable(context, table)
    const worker = startWork(context, {...at, table, workers: 1}, cliEnv())
    await until(held.isAwaited)
    worker.child.kill('SIGINT')
    await until(() => worker.stderr().includes('finishing current leases'))
    worker.child.kill('SIGINT')
    expect((await worker.ended).code).toBe(130)
    expect(await context.redis.zcard(at.keys.leases)).toBe(1)
    await held.release()
    expect((await startWork(context, {...at, table}, cliEnv()).ended).code).toBe(0)
    await expectAllOnce(context, at, table)
  })
})

describe('X4: a producer is killed in the middle', () => {
  it('adds only the rest when it is run again', async () => {
    const {queue, keys} = context.newQueue()
    const lines = Array.from({length: 5000}, (_, i) => `{"a":${i}}\n`).join('')
    const first = runningCli(['enqueue', '-q', queue, '--batch', '50', '--rate', '2000', '-'])
    first.child.stdin.on('error', () => {})
    first.child.stdin.end(lines)
    await until(async () => (await context.redis.zcard(keys.ready)) > 100)
    first.child.kill('SIGKILL')
    await first.ended
    // What it sent last may still arrive
    const there = await context.redis.zcard(keys.ready)
    const second = runningCli(['enqueue', '-q', queue, '--json', '-'])
    second.child.stdin.end(lines)
    const {enqueued, duplicates} = JSON.parse((await second.ended).stdout)
    expect(duplicates).toBeGreaterThanOrEqual(there)
    expect(enqueued + duplicates).toBe(5000)
    expect(await context.redis.zcard(keys.ready)).toBe(5000)
  })
})

describe('X23: the connection to Postgres is half open', () => {
  it.each([
    ['COPY', 'COPY'],
    ['COMMIT', LEASE_COMMIT],
  ])('at %s: the statement is given up in time and tried again', async (_, pattern) => {
    const at = await fill(context, 600)
    const fired = proxies.postgres.onRequest(pattern, 'swallow-reply')
    const worker = startWork(context, {...at, table}, proxiedEnv(proxies), '--query-timeout', '500ms')
    await fired
    const {code, stderr} = await worker.ended
    expect({code, unusual: unusualLines(stderr)}).toEqual({code: 0, unusual: []})
    await expectAllOnce(context, at, table)
  })
})

describe('X23: an idle connection to Postgres is half open', () => {
  it('does not keep a worker that is told to stop', async () => {
    const at = await fill(context, 1)
    const args = ['work', '-q', at.queue, '--table', `${context.schema}.${table}`, '--json']
    const own = await startProxies()
    const worker = runningCli(args, proxiedEnv(own))
    await until(async () => (await context.pool.query(`SELECT FROM ${table}`)).rowCount === 1)
    await until(async () => (await context.redis.exists(at.keys.leases)) === 0)
    own.postgres.blackhole(true)
    worker.child.kill('SIGTERM')
    const {code, stdout} = await worker.ended.finally(() => own.close())
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({inserted: 1})
  })
})

describe('X20: the clock is set back while Postgres is away', () => {
  it('is no reason to wait longer', async () => {
    const at = await fill(context, 600)
    const own = await startProxies()
    const shim = `process.on('SIGUSR2', () => {
      const {now} = Date
      Date.now = () => now() - 3_600_000
      console.error('set back')
    })`
    const env = {
      ...proxiedEnv(own),
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(shim)}`,
    }
    const fired = own.postgres.onRequest('COPY', 'cut')
    const worker = startWork(context, {...at, table}, env)
    onTestFinished(() => void worker.child.kill('SIGKILL'))
    await fired
    own.postgres.refuse(true)
    own.postgres.cut()
    await until(() => worker.stderr().includes('Postgres is unreachable'))
    worker.child.kill('SIGUSR2')
    await until(() => worker.stderr().includes('set back'))
    own.postgres.refuse(false)
    expect((await worker.ended).code).toBe(0)
    await own.close()
    await expectAllOnce(context, at, table)
  })
})

describe('X34: what comes on stdin', () => {
  it('counts the last line, also without a newline', async () => {
    const {queue} = context.newQueue()
    const enqueue = runningCli(['enqueue', '-q', queue, '--json', '-'])
    enqueue.child.stdin.write('{"a":1}\n{"a"')
    enqueue.child.stdin.write(':2}\n')
    enqueue.child.stdin.end('{"a":3}')
    expect(JSON.parse((await enqueue.ended).stdout)).toMatchObject({read: 3, enqueued: 3})
  })

  it('is refused where there is none', async () => {
    const {queue} = context.newQueue()
    const enqueue = runningCli(['enqueue', '-q', queue, '--json', '-'])
    enqueue.child.stdin.destroy()
    expect(JSON.parse((await enqueue.ended).stdout)).toMatchObject({read: 0, enqueued: 0})
  })
})

describe('X35: nobody reads stdout', () => {
  it('ends quietly where the reader has left', async () => {
    const at = await fill(context, 300)
    const worker = startWork(context, {...at, table}, cliEnv(), '--json')
    worker.child.stdout.destroy()
    const {code, stderr} = await worker.ended
    expect(unusualLines(stderr)).toEqual([])
    expect(code).toBe(0)
    await expectAllOnce(context, at, table)
  })
})
