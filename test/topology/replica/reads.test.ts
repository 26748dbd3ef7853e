import {Redis} from 'ioredis'
import {afterAll, beforeAll, describe, expect, inject, it, onTestFinished} from 'vitest'
import BenchModes from '../../../src/commands/bench/modes.ts'
import Diagnose from '../../../src/commands/dlq/diagnose.ts'
import List from '../../../src/commands/dlq/list.ts'
import Show from '../../../src/commands/dlq/show.ts'
import Inspect from '../../../src/commands/inspect.ts'
import Peek from '../../../src/commands/peek.ts'
import Queues from '../../../src/commands/queues.ts'
import Top from '../../../src/commands/top.ts'
import {openRedis, withRedis} from '../../../src/redis/connect.ts'
import {cliJson, newFolder, until} from '../../support/cli.ts'
import {useServers} from '../../support/context.ts'
import {startLaggingPair} from '../../support/lagging-pair.ts'
import {runCommand} from '../../support/run-command.ts'
import {type SentinelSet, startSentinelSet} from '../../support/sentinel-set.ts'
import {startServe} from '../../support/serve.ts'
import {startTestRedis} from '../../support/server.ts'

const context = useServers()
let set: SentinelSet

beforeAll(async () => {
  set = await startSentinelSet()
  await context.pool.query('CREATE TABLE read_there (a int CHECK (a <> 13))')
  const env = envOf(set.url)
  await cliJson(['enqueue', '-q', 'read', '-'], {env: {...process.env, ...env}, input: items(20)})
  const table = `${context.schema}.read_there`
  await cliJson(['work', '-q', 'read', '--table', table, '--until-empty'], {env: {...process.env, ...env}})
  await cliJson(['enqueue', '-q', 'read', '-'], {env: {...process.env, ...env}, input: items(5)})
  const follower = replica()
  await until(async () => (await follower.zcard('queue:read')) === 5)
  follower.disconnect()
})
afterAll(() => set.stop())

const items = (count: number) => Array.from({length: count}, (_, a) => `{"a":${a}}\n`).join('')
const envOf = (url: string) => ({REDIS_URL: url, DATABASE_URL: inject('databaseUrl')})
const replica = () => new Redis({port: set.servers[1].port, password: 'test'})
const direct = (i: 0 | 1) => `redis://:test@127.0.0.1:${set.servers[i].port}`

/** Commands that a server has executed, by name. */
async function calls(port: number): Promise<Map<string, number>> {
  const redis = new Redis({port, password: 'test'})
  const stats = await redis.info('commandstats')
  redis.disconnect()
  return new Map(
    [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name, count]) => [name, Number(count)]),
  )
}

const lagOfReplica = () => ({
  server: `127.0.0.1:${set.servers[1].port}`,
  behindBytes: expect.any(Number),
  heardSecondsAgo: expect.any(Number),
})

const COMMANDS = [
  ['inspect', Inspect, ['-q', 'read'], {ready: 5, deadLetters: 1}],
  ['peek', Peek, ['-q', 'read'], {items: expect.objectContaining({length: 5})}],
  ['queues', Queues, [], {queues: [expect.objectContaining({queue: 'read', ready: 5})]}],
  ['top --once', Top, ['--once'], {}],
  ['dlq list', List, ['-q', 'read'], {deadLetters: 1}],
  ['dlq diagnose', Diagnose, ['-q', 'read'], {matched: 1, failing: 1}],
] as const

describe.each([
  ['sentinels', () => set.url],
  ['a primary', () => direct(0)],
  ['the replica itself', () => direct(1)],
])('a replica that is found by %s', (_, url) => {
  it.each(COMMANDS)(
    'answers %s, as the primary does, and the primary is asked for nothing',
    async (_, command, argv, part) => {
      const before = await calls(set.servers[0].port)
      const there = await runCommand(command, [...argv, '--json', '--read-from', 'replica'], envOf(url()))
      const after = await calls(set.servers[0].port)
      expect({code: there.code, stderr: there.stderr}).toEqual({code: 0, stderr: ''})
      expect(there.json).toMatchObject({...part, readFrom: [lagOfReplica()]})
      for (const asked of ['evalsha', 'eval', 'zrange', 'zcard', 'scan', 'hgetall']) {
        expect({asked, calls: after.get(asked)}).toEqual({asked, calls: before.get(asked)})
      }
    },
  )
})

it.each([
  ['inspect', Inspect],
  ['peek', Peek],
  ['dlq list', List],
])('says in words which replica %s has read', async (_, command) => {
  const {stdout} = await runCommand(command, ['-q', 'read', '--read-from', 'replica'], envOf(set.url))
  const replicaOf = `read from replica 127\\.0\\.0\\.1:${set.servers[1].port}`
  expect(stdout).toMatch(
    new RegExp(`^${replicaOf}: \\d+ B behind its primary, last heard of it \\d+ s ago\\n`),
  )
})

it('shows one dead letter that a replica holds', async () => {
  const api = await startServe({redisUrl: set.url})
  onTestFinished(async () => void (await api.stop()))
  const [{id}] = (await api.ask('/queue/read/dead-letters')).json.letters
  const shown = await runCommand(Show, ['-q', 'read', id, '--json', '--read-from', 'replica'], envOf(set.url))
  expect(shown).toMatchObject({code: 0, json: {id, readFrom: [lagOfReplica()]}})
})

describe('writes', () => {
  it('are not sent to a replica, nor to the primary in its place', async () => {
    const writing = withRedis(set.url, {readFrom: 'replica'}, (redis) => redis.set('a', 'b'))
    await expect(writing).rejects.toMatchObject({code: 'READONLY'})
    const {code, stderr} = await runCommand(
      Inspect,
      ['-q', 'read', '--verify', '--read-from', 'replica'],
      envOf(set.url),
    )
    expect({code, stderr}).toEqual({code: 2, stderr: expect.stringContaining('only the primary can')})
  })
})

it('serves what only reads from a replica, and changes the primary', async () => {
  const api = await startServe({
    redisUrl: set.url,
    openReading: () => openRedis(set.url, {readFrom: 'replica'}),
  })
  onTestFinished(async () => void (await api.stop()))
  const before = await calls(set.servers[0].port)
  expect((await api.ask('/queue/read/status')).json).toMatchObject({
    verdict: {reason: expect.stringContaining('5 items wait')},
    inspection: {readFrom: [lagOfReplica()]},
  })
  const readFrom = [lagOfReplica()]
  expect((await api.ask('/queue/read/dead-letters')).json).toMatchObject({letters: [{}], readFrom})
  expect((await api.ask('/queue/read/dead-letters/groups')).json).toMatchObject({groups: [{}], readFrom})
  expect((await api.ask('/queues')).json).toMatchObject({queues: [{queue: 'read'}], readFrom})
  const after = await calls(set.servers[0].port)
  expect(after.get('scan')).toBe(before.get('scan'))
  // What looks at a queue reads its workers by it; the scripts that look after operations, which are written, do not
  expect(after.get('hvals')).toBe(before.get('hvals'))
  const added = await api.post('/queue/read/items', {a: 99})
  expect(added).toMatchObject({status: 200, json: {enqueued: 1}})
})

it('is measured by bench modes, what it costs to wait for a replica', async () => {
  const argv = [
    '--quick',
    '--mode',
    'batch',
    '--batches',
    '100',
    '--for',
    '300ms',
    '--confirmed-by',
    'replica',
  ]
  const {code, json} = await runCommand(BenchModes, [...argv, '--json'], {
    ...envOf(set.url),
    QTOOL_HOME: newFolder(),
  })
  expect(code).toBe(0)
  expect(JSON.stringify(json)).toContain('batch of 100, durability replica')
})

describe('a replica that goes away', () => {
  it('is replaced by another one, and missed if there is none', async () => {
    const primary = await startTestRedis('repl-diskless-sync-delay 0')
    const replicas = [
      await startTestRedis('masterauth test', `replicaof 127.0.0.1 ${primary.port}`),
      await startTestRedis('masterauth test', `replicaof 127.0.0.1 ${primary.port}`),
    ]
    onTestFinished(async () => {
      await Promise.all([primary, ...replicas].map((one) => one.stop()))
    })
    const asked = new Redis(primary.url)
    await until(async () => (await asked.info('replication')).match(/state=online/g)?.length === 2)
    asked.disconnect()
    const {redis, translate} = await openRedis(primary.url, {readFrom: 'replica', reconnectMs: 1000})
    onTestFinished(() => redis.disconnect())
    const first = redis.stream.remotePort
    await replicas.find(({port}) => port === first)?.crash()
    expect(await redis.ping()).toBe('PONG')
    expect(redis.stream.remotePort).not.toBe(first)
    await replicas.find(({port}) => port !== first)?.crash()
    const failed = await redis.ping().catch((error: unknown) => translate(error))
    expect(failed).toMatchObject({code: 'NO_REPLICA', kind: 'connect'})
    const {code, stderr} = await runCommand(Inspect, ['--read-from', 'replica'], envOf(primary.url))
    expect({code, stderr}).toEqual({code: 4, stderr: expect.stringContaining('leave --read-from out')})
  })
})

it('says that nobody knows how far a replica is behind whose primary cannot be asked', async () => {
  const pair = await startLaggingPair()
  onTestFinished(() => pair.stop())
  const client = pair.client()
  await client.set('paused:live_points', '1')
  await client.wait(1, 10_000)
  pair.cutOff()
  await client.set('large', 'x'.repeat(100_000))
  const {stdout} = await runCommand(
    Inspect,
    ['--read-from', 'replica'],
    envOf(`redis://:test@127.0.0.1:${pair.replica.port}`),
  )
  // The address of its primary leads through the broken link
  expect(stdout).toMatch(/its primary did not say how far it is behind, last heard of it \d+ s ago/)
})
