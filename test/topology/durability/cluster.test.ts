import {afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished} from 'vitest'
import {cliEnv, type RunningCli, runningCli, until} from '../../support/cli.ts'
import {QUICK_MS, startTestCluster, type TestCluster} from '../../support/cluster.ts'
import {useServers} from '../../support/context.ts'
import {holdTable} from '../../support/faults.ts'
import {linkOf, type ReplicationLink, untilCopied} from '../../support/replicas.ts'

const context = useServers()
let cluster: TestCluster
let rounds = 0

/** A queue of its own, and the link from its primary to its replica. */
let queue: string
let link: ReplicationLink

beforeAll(async () => {
  const settings = ['repl-ping-replica-period 1', 'repl-diskless-sync-delay 0']
  cluster = await startTestCluster({nodeTimeoutMs: QUICK_MS, settings})
  await context.pool.query('CREATE TABLE kept (id int)')
})
afterAll(() => cluster.stop())
beforeEach(async () => {
  queue = `kept${++rounds}`
  link = await linkOf(cluster, key())
  await context.pool.query('TRUNCATE kept')
})

const key = () => `queue:{${queue}}`
const env = () => cliEnv({REDIS_URL: link.url})
const numbers = (count: number) => Array.from({length: count}, (_, id) => id)
const lines = (first: number, count: number) =>
  numbers(count)
    .map((i) => `{"id":${first + i}}\n`)
    .join('')

/** Starts a command that ends with the test, however that ends. */
function start(...argv: string[]): RunningCli {
  const running = runningCli([argv[0], '-q', queue, '--json', ...argv.slice(1)], env())
  onTestFinished(async () => {
    running.child.kill('SIGKILL')
    await running.ended
  })
  return running
}

/** The primary dies, its replica takes over, and it comes back as the replica of that. */
async function failOver(): Promise<void> {
  const {primary, replica} = link
  await primary.crash()
  await until(async () => (await cluster.primaryOf(key())) === replica)
  await primary.start()
  await link.end()
}

/** The ids in the queue and in the table, found with nothing but their names. */
async function idsKept(): Promise<{ready: number[]; rows: number[]}> {
  const primary = await cluster.primaryOf(key())
  const ready = ((await primary?.redis.zrange(key(), '0', '-1')) ?? []).map((item) => JSON.parse(item).id)
  const {rows} = await context.pool.query('SELECT id FROM kept ORDER BY id')
  return {ready: ready.sort((a, b) => a - b), rows: rows.map(({id}) => id)}
}

const untilUnconfirmed = (running: RunningCli) =>
  until(() => /0 of 1 replicas have confirmed|not confirmed: 0 of 1 replicas/.test(running.stderr()))

describe('a cluster with a replica that no packet reaches, whose primary dies', () => {
  it('memory: has acknowledged items that are lost', async () => {
    const first = start('enqueue', '--durability', 'replica', '-')
    first.child.stdin.end(lines(0, 500))
    expect((await first.ended).code).toBe(0)
    link.cutOff()
    const second = start('enqueue', '-')
    second.child.stdin.end(lines(500, 1500))
    expect(JSON.parse((await second.ended).stdout)).toMatchObject({enqueued: 1500})
    await failOver()
    expect((await idsKept()).ready).toEqual(numbers(500))
  })

  it('replica: has all items that were acknowledged, each once', async () => {
    const producer = start('enqueue', '--batch', '100', '--durability', 'replica', '-')
    producer.child.stdin.write(lines(0, 500))
    await until(async () => (await link.primary.redis.zcard(key())) === 500)
    await untilCopied(cluster, [key()])
    link.cutOff()
    producer.child.stdin.end(lines(500, 1500))
    await untilUnconfirmed(producer)
    await failOver()
    const {code, stdout} = await producer.ended
    const account = {enqueued: 2000, duplicates: 0, unconfirmed: 0}
    expect({code, ...JSON.parse(stdout)}).toMatchObject({code: 0, ...account})
    expect((await idsKept()).ready).toEqual(numbers(2000))
  })

  it('replica: has every item written once, into a table without a key', async () => {
    const enqueue = async (first: number, count: number) => {
      const producer = start('enqueue', '--durability', 'replica', '-')
      producer.child.stdin.end(lines(first, count))
      expect((await producer.ended).code).toBe(0)
    }
    const flags = [
      '--workers',
      '2',
      '--batch',
      '100',
      '--lease',
      '2s',
      '--until-empty',
      '--durability',
      'replica',
    ]
    const work = () => start('work', '--table', `${context.schema}.kept`, ...flags)
    await enqueue(0, 500)
    expect((await work().ended).code).toBe(0)
    await enqueue(500, 1500)
    const held = await holdTable(context, 'kept')
    const worker = work()
    await until(held.isAwaited)
    link.cutOff()
    await held.release()
    await untilUnconfirmed(worker)
    await failOver()
    expect((await worker.ended).code).toBe(0)
    expect(await idsKept()).toEqual({ready: [], rows: numbers(2000)})
  })
})
