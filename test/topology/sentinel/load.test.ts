import {createHash} from 'node:crypto'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, expect, inject, it} from 'vitest'
import {judge} from '../../support/checked-queue.ts'
import {cliEnv, newFolder, runningCli, until} from '../../support/cli.ts'
import {useServers} from '../../support/context.ts'
import {QUICK_MS, type SentinelSet, startSentinelSet} from '../../support/sentinel-set.ts'

const context = useServers()
const TOTAL = 6000

/** What is sent around the fault; the rest follows when both are connected again. */
const FIRST = 4000

const queue = 'under-load'
let set: SentinelSet
let table: string

beforeAll(async () => {
  await context.pool.query('CREATE TABLE under_load (id int, body text)')
  table = `${context.schema}.under_load`
})
beforeEach(async () => {
  set = await startSentinelSet({downAfterMs: QUICK_MS})
  await context.pool.query('TRUNCATE under_load')
})
afterEach(() => set.stop())
afterAll(() => context.pool.query('DROP TABLE under_load'))

const rows = async () =>
  Number((await context.pool.query('SELECT count(*)::int AS n FROM under_load')).rows[0].n)

/** What the checker, which shares no code with qtool, says if all records were acknowledged. */
async function judgeAll() {
  const ledger = join(newFolder(), 'ledger')
  const entries = Array.from({length: TOTAL}, (_, id) => {
    const sha = createHash('sha256').update(`body ${id}`).digest('hex')
    return JSON.stringify({id, state: 'acked', sha})
  })
  writeFileSync(ledger, entries.join('\n'))
  const url = `redis://:test@127.0.0.1:${await set.primaryPort()}/0`
  return judge([ledger, url, inject('databaseUrl'), queue, table])
}

const primary = async () => {
  const port = await set.primaryPort()
  return set.servers.find((one) => one.port === port) ?? set.servers[0]
}

/** Waits until producer and worker are both connected to another primary. */
async function reconnected(formerPort: number): Promise<void> {
  await until(async () => (await set.primaryPort()) !== formerPort)
  const redis = await set.primary()
  const theirs = async () => String(await redis.client('LIST')).match(/ name=qtool /g) ?? []
  await until(async () => (await theirs()).length >= 2)
  redis.disconnect()
}

/** Each ends with both servers up: what is confirmed by a replica needs one. */
const faults: Array<[string, () => Promise<void>]> = [
  [
    'is killed',
    async () => {
      const server = await primary()
      await server.crash()
      await until(async () => (await set.primaryPort()) !== server.port)
      await server.start()
    },
  ],
  [
    'hangs',
    async () => {
      const server = await primary()
      server.freeze()
      await until(async () => (await set.primaryPort()) !== server.port)
      // It wakes up as a primary, and is told that it is a replica later
      server.thaw()
    },
  ],
  [
    'is moved by hand',
    async () => {
      const server = await primary()
      await set.failover()
      await until(async () => (await set.primaryPort()) !== server.port)
    },
  ],
]

it.each(faults)('nothing is lost and nothing written twice when the primary %s', async (_, fault) => {
  const env = cliEnv({REDIS_URL: set.url, QTOOL_DURABILITY: 'replica'})
  const usual = ['--batch', '50', '--workers', '2', '--lease', '5s', '--json']
  const worker = runningCli(['work', '-q', queue, '--table', table, ...usual], env)
  const producer = runningCli(['enqueue', '-q', queue, '--batch', '50', '--rate', '1000', '--json', '-'], env)
  const lines = Array.from({length: TOTAL}, (_, id) => `{"id":${id},"body":"body ${id}"}\n`)
  producer.child.stdin.write(lines.slice(0, FIRST).join(''))
  await until(async () => (await rows()) > 1000)
  const former = await set.primaryPort()
  await Promise.all([reconnected(former), fault()])
  producer.child.stdin.end(lines.slice(FIRST).join(''))
  const {code, stdout} = await producer.ended
  expect({code, ...JSON.parse(stdout)}).toMatchObject({
    code: 0,
    enqueued: TOTAL,
    duplicates: 0,
    unconfirmed: 0,
  })
  await until(async () => (await rows()) >= TOTAL)
  worker.child.kill('SIGINT')
  expect((await worker.ended).code).toBe(130)
  expect(await judgeAll()).toMatchObject({lost: 0, duplicated: 0, unexpected: 0, rows: TOTAL, leased: 0})
})
