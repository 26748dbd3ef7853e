import {afterAll, beforeAll, beforeEach, describe, expect, inject, it} from 'vitest'
import {cliEnv, type RunningCli, runningCli, until} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'
import {holdTable} from '../support/faults.ts'
import {startWithWaitAof, type WithWaitAof} from '../support/waitaof.ts'

const context = useServers()
let server: WithWaitAof

const ON_DISK = '{1, 0}'
const NOT_ON_DISK = '{0, 0}'

beforeAll(async () => {
  server = await startWithWaitAof(Number(new URL(inject('redisUrl')).port))
  await context.pool.query('CREATE TABLE kept (a int)')
})
beforeEach(async () => {
  server.reply(ON_DISK)
  await context.pool.query('TRUNCATE kept')
})
afterAll(() => server.close())

/** Starts a worker for a queue of two items, and waits until it has asked whether it may use the disk. */
async function startWorker(): Promise<RunningCli> {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}', '{"a":2}'])
  const url = Object.assign(new URL(inject('redisUrl')), {port: String(server.port)}).href
  const flags = [
    '--table',
    `${context.schema}.kept`,
    '--workers',
    '1',
    '--until-empty',
    '--durability',
    'disk',
  ]
  return runningCli(['work', '-q', queue, '--json', ...flags], cliEnv({REDIS_URL: url}))
}

const rows = async () => (await context.pool.query('SELECT a FROM kept ORDER BY a')).rows.map(({a}) => a)

const isUnconfirmed = (worker: RunningCli) =>
  worker.stderr().includes('Redis has not confirmed that a write is on its disk')

async function expectDone({ended}: RunningCli): Promise<void> {
  const {code, stdout} = await ended
  expect({code, ...JSON.parse(stdout)}).toMatchObject({code: 0, inserted: 2, deadLettered: 0})
  expect(await rows()).toEqual([1, 2])
}

describe('a worker with durability disk', () => {
  it('writes nothing before its lease is on the disk', async () => {
    server.reply(NOT_ON_DISK)
    const worker = await startWorker()
    await until(() => isUnconfirmed(worker))
    expect(await rows()).toEqual([])
    server.reply(ON_DISK)
    await expectDone(worker)
  })

  it('goes on, and writes nothing twice, once what it has settled is on the disk', async () => {
    const table = await holdTable(context, 'kept')
    const worker = await startWorker()
    await until(() => table.isAwaited())
    server.reply(NOT_ON_DISK)
    await table.release()
    await until(() => isUnconfirmed(worker))
    expect(await rows()).toEqual([1, 2])
    server.reply(ON_DISK)
    await expectDone(worker)
  })
})
