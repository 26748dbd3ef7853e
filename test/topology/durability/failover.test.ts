import {createHash} from 'node:crypto'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it} from 'vitest'
import {judge} from '../../support/checked-queue.ts'
import {cli, cliEnv, newFolder, runningCli, until} from '../../support/cli.ts'
import {useServers} from '../../support/context.ts'
import {holdTable} from '../../support/faults.ts'
import {type LaggingPair, startLaggingPair} from '../../support/lagging-pair.ts'

const context = useServers()
const queue = 'kept'

/** The table that says what can be lost must say what these tests see. */
const GUARANTEES = readFileSync(new URL('../../../docs/guarantees.md', import.meta.url), 'utf8')
let pair: LaggingPair
let table: string

beforeAll(async () => {
  await context.pool.query('CREATE TABLE kept (id int, body text)')
  table = `${context.schema}.kept`
})
beforeEach(async () => {
  pair = await startLaggingPair()
  await context.pool.query('TRUNCATE kept')
})
afterEach(() => pair.stop())
afterAll(() => context.pool.query('DROP TABLE kept'))

const env = () => cliEnv({REDIS_URL: pair.url})

const lines = (first: number, count: number) =>
  Array.from({length: count}, (_, i) => `{"id":${first + i},"body":"body ${first + i}"}\n`).join('')

/** What the checker, which shares no code with qtool, says if these ids were acknowledged. */
function judgeOf(acked: number) {
  const ledger = join(newFolder(), 'ledger')
  const entries = Array.from({length: acked}, (_, id) => {
    const sha = createHash('sha256').update(`body ${id}`).digest('hex')
    return JSON.stringify({id, state: 'acked', sha})
  })
  writeFileSync(ledger, entries.join('\n'))
  const url = `redis://:test@127.0.0.1:${pair.replica.port}/0`
  return judge([ledger, url, inject('databaseUrl'), queue, table])
}

const enqueue = (input: string, ...flags: string[]) =>
  cli(['enqueue', '-q', queue, '--json', ...flags, '-'], {env: env(), input})

const work = (...flags: string[]) => {
  const usual = ['work', '-q', queue, '--table', table, '--batch', '100', '--workers', '2', '--lease', '2s']
  return runningCli([...usual, '--until-empty', ...flags], env())
}

/** Waits until the replica has confirmed so many items, and all else that was written by then. */
async function confirmedOf(count: number): Promise<void> {
  const redis = pair.client()
  await until(async () => {
    // First, since what is written behind the other answer would pass for confirmed
    if ((await redis.zcard(`queue:${queue}`)) !== count) return false
    const info = await redis.info('replication')
    const [, confirmed] = /^slave0:.*offset=(\d+)/m.exec(info) ?? []
    return info.includes(`master_repl_offset:${confirmed}\r\n`)
  })
}

const rows = async () => Number((await context.pool.query('SELECT count(*)::int AS n FROM kept')).rows[0].n)

describe('what was enqueued, with a replica that no packet reaches', () => {
  it('memory: is acknowledged, and lost in a failover', async () => {
    expect((await enqueue(lines(0, 500), '--durability', 'replica')).code).toBe(0)
    pair.cutOff()
    const {code, stdout} = await enqueue(lines(500, 1500))
    expect({code, ...JSON.parse(stdout)}).toMatchObject({code: 0, enqueued: 1500})
    await pair.failOver()
    expect(await judgeOf(2000)).toMatchObject({lost: 1500, ready: 500})
    expect(GUARANTEES).toContain('all of 1,500 acknowledged items lost')
  })

  it('replica: is not acknowledged, and nothing acknowledged is lost', async () => {
    const before = await enqueue(lines(0, 500), '--durability', 'replica')
    expect({code: before.code, ...JSON.parse(before.stdout)}).toMatchObject({code: 0, enqueued: 500})
    pair.cutOff()
    const {code, stdout} = await enqueue(lines(500, 1500), '--durability', 'replica', '--batch', '2000')
    expect(code).toBe(4)
    const {error} = JSON.parse(stdout)
    expect(error.code).toBe('NOT_CONFIRMED')
    expect(error.message).toMatch(/^0 of 1 replicas have confirmed a write; by then 0 of \d+ records read/)
    expect(error.message).toMatch(/\d+ not confirmed/)
    await pair.failOver()
    expect(await judgeOf(500)).toMatchObject({lost: 0, duplicated: 0, ready: 500})
  })

  it('replica: is sent again after the failover, once', async () => {
    const producer = runningCli(
      ['enqueue', '-q', queue, '--json', '--batch', '100', '--durability', 'replica', '-'],
      env(),
    )
    producer.child.stdin.write(lines(0, 500))
    await confirmedOf(500)
    pair.cutOff()
    producer.child.stdin.end(lines(500, 1500))
    await until(() => producer.stderr().includes('not confirmed: 0 of 1 replicas'))
    await pair.failOver()
    // A primary without replicas confirms nothing, so that the other one comes back as its replica
    await pair.comeBack()
    const {code, stdout} = await producer.ended
    expect({code, ...JSON.parse(stdout)}).toMatchObject({
      code: 0,
      enqueued: 2000,
      duplicates: 0,
      unconfirmed: 0,
    })
    expect(await judgeOf(2000)).toMatchObject({lost: 0, duplicated: 0, ready: 2000})
  })

  it('replica: counts what is not confirmed when it is told to stop', async () => {
    const producer = runningCli(
      ['enqueue', '-q', queue, '--json', '--batch', '100', '--durability', 'replica', '-'],
      env(),
    )
    producer.child.stdin.write(lines(0, 100))
    await confirmedOf(100)
    pair.cutOff()
    producer.child.stdin.write(lines(100, 100))
    await until(() => producer.stderr().includes('not confirmed: 0 of 1 replicas'))
    producer.child.kill('SIGINT')
    const {code, stdout} = await producer.ended
    expect({code, ...JSON.parse(stdout)}).toMatchObject({
      code: 130,
      read: 200,
      enqueued: 100,
      unconfirmed: 100,
      unsent: 0,
    })
  })
})

describe('what workers write into a table without a key, with a replica that no packet reaches', () => {
  it('memory: comes back in a failover as new items, and is written twice', async () => {
    await enqueue(lines(0, 2000), '--durability', 'replica')
    pair.cutOff()
    expect((await work().ended).code).toBe(0)
    expect(await rows()).toBe(2000)
    await pair.failOver()
    expect((await work().ended).code).toBe(0)
    expect(await judgeOf(2000)).toMatchObject({lost: 0, duplicated: 2000})
    expect(GUARANTEES).toContain('all of 2,000 rows written twice into a table without a unique key')
  })

  it('replica: is written once, for nothing is written that the replica does not know as leased', async () => {
    await enqueue(lines(0, 500), '--durability', 'replica')
    expect((await work('--durability', 'replica').ended).code).toBe(0)
    await enqueue(lines(500, 1500), '--durability', 'replica')
    const held = await holdTable(context, 'kept')
    const worker = work('--durability', 'replica')
    await until(held.isAwaited)
    pair.cutOff()
    await held.release()
    await until(() => /replicas have confirmed/.test(worker.stderr()))
    await pair.failOver()
    await pair.comeBack()
    expect((await worker.ended).code).toBe(0)
    expect(await judgeOf(2000)).toMatchObject({lost: 0, duplicated: 0, rows: 2000})
    expect(GUARANTEES).toContain(
      'nothing acknowledged is lost, and nothing written twice: in the same tests 0 and 0',
    )
  })
})
