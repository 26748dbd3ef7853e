import {afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished} from 'vitest'
import {cli, cliEnv, cliJson, type RunningCli, runningCli, until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {
  expectAllOnce,
  fill,
  holdTable,
  LEASE_COMMIT,
  type Proxies,
  proxiedEnv,
  startProxies,
  startWork,
} from '../support/faults.ts'
import {buildOf} from '../support/old-build.ts'

/** The last build for a single server: its scripts, keys and tables are what an upgrade finds. */
const BEFORE = '14d40a5'

const context = useServers()
const table = 'upgraded'
let proxies: Proxies
/** The executable of each version; undefined is that of today. */
const bins: {old?: string; new?: string} = {}

beforeAll(async () => {
  bins.old = await buildOf(BEFORE)
  proxies = await startProxies()
  await context.pool.query(`CREATE TABLE ${table} (a int CHECK (a >= 0))`)
})
afterAll(() => proxies.close())
beforeEach(() => context.pool.query(`TRUNCATE ${table}`))

type Version = keyof typeof bins

const WAYS: Array<[Version, Version]> = [
  ['old', 'new'],
  ['new', 'old'],
]

describe.each(WAYS)('while a queue goes from the %s version to the %s', (from, to) => {
  it.each([
    ['before its rows', 'COPY'],
    ['before its entry in the ledger', 'INSERT INTO qtool.applied_lease'],
    ['at COMMIT', LEASE_COMMIT],
  ])('a lease whose worker is killed %s is finished by the other', async (_, pattern) => {
    const at = await fill(context, 600)
    const doomed = startWork(context, {...at, table, bin: bins[from]}, proxiedEnv(proxies))
    await proxies.postgres.onRequest(pattern, 'swallow-reply')
    doomed.child.kill('SIGKILL')
    await doomed.ended
    const {code} = await startWork(context, {...at, table, bin: bins[to]}, cliEnv()).ended
    expect(code).toBe(0)
    await expectAllOnce(context, at, table)
  })

  it('a worker that wakes up after the other took its lease over writes nothing', async () => {
    const at = await fill(context, 1)
    const held = await holdTable(context, table)
    onTestFinished(held.release)
    const slow = startWork(context, {...at, table, workers: 1, bin: bins[from]}, cliEnv())
    onTestFinished(() => void slow.child.kill('SIGKILL'))
    await until(held.isAwaited)
    slow.child.kill('SIGSTOP')
    const other = startWork(context, {...at, table, workers: 1, bin: bins[to]}, cliEnv())
    await until(async () =>
      (await context.redis.hvals(at.keys.attempts)).some((state) => /^\d+ [2-9]/.test(state)),
    )
    await held.release()
    expect((await other.ended).code).toBe(0)
    slow.child.kill('SIGCONT')
    expect((await slow.ended).code).toBe(0)
    await expectAllOnce(context, at, table)
  })

  it('dead letters of the one are read, replayed and counted by the other', async () => {
    const {queue, keys} = context.newQueue()
    const input = [-1, -2, 3].map((a) => `{"a":${a}}\n`).join('')
    await cli(['enqueue', '-q', queue], {input, bin: bins[from]})
    await startWork(context, {queue, table, bin: bins[from]}, cliEnv()).ended
    const {json} = await cliJson(['dlq', 'list', '-q', queue], {bin: bins[to]})
    expect(json.items.map((letter: {reason: string}) => letter.reason)).toEqual(['constraint', 'constraint'])
    await context.pool.query(`ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${table}_a_check`)
    const replay = await cliJson(['dlq', 'replay', '-q', queue], {bin: bins[to]})
    expect(replay.json).toMatchObject({replayed: 2})
    await startWork(context, {queue, table, bin: bins[from]}, cliEnv()).ended
    const verified = await cliJson(['inspect', '-q', queue, '--verify'], {bin: bins[to]})
    expect(verified.json).toMatchObject({ready: 0, leased: 0, deadLetters: 0})
    expect(await context.redis.hget(keys.stats, 'inserted')).toBe('3')
    await expectAllOnce(context, {keys, total: 3}, table)
    await context.pool.query(`TRUNCATE ${table}`)
    await context.pool.query(`ALTER TABLE ${table} ADD CHECK (a >= 0)`)
  })
})

it('producers and workers of both versions share a queue, process by process, with kills', async () => {
  const at = context.newQueue()
  const each = 4000
  const versions: Version[] = ['old', 'new']
  const producers = versions.map((version, i) => {
    const producer = runningCli(['enqueue', '-q', at.queue, '--rate', '1500', '-'], cliEnv(), bins[version])
    const numbers = Array.from({length: each}, (_, n) => `{"a":${i * each + n}}\n`)
    producer.child.stdin.end(numbers.join(''))
    return producer
  })
  const start = (version: Version): RunningCli => {
    const args = ['work', '-q', at.queue, '--table', `${context.schema}.${table}`, '--batch', '50']
    return runningCli([...args, '--workers', '2', '--lease', '1s'], cliEnv(), bins[version])
  }
  const rows = async () => Number((await context.pool.query(`SELECT count(*) FROM ${table}`)).rows[0].count)
  let workers = [start('old'), start('old')]
  // One process after the other: killed, or told to stop, and followed by one of the new version
  for (const [i, signal] of (['SIGKILL', 'SIGTERM'] as const).entries()) {
    await until(async () => (await rows()) > 500 * (i + 1))
    const [first, ...rest] = workers
    workers = [...rest, start('new')]
    first.child.kill(signal)
    await first.ended
  }
  const ends = await Promise.all(producers.map(({ended}) => ended))
  expect(ends.map(({code}) => code)).toEqual([0, 0])
  await until(async () => (await rows()) === 2 * each)
  for (const worker of workers) worker.child.kill('SIGTERM')
  await Promise.all(workers.map(({ended}) => ended))
  await expectAllOnce(context, {keys: at.keys, total: 2 * each}, table)
})
