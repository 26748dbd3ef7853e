import {afterAll, beforeAll, describe, expect, inject, it, onTestFinished} from 'vitest'
import Diagnose from '../../../src/commands/dlq/diagnose.ts'
import List from '../../../src/commands/dlq/list.ts'
import Show from '../../../src/commands/dlq/show.ts'
import Inspect from '../../../src/commands/inspect.ts'
import Peek from '../../../src/commands/peek.ts'
import Queues from '../../../src/commands/queues.ts'
import Top from '../../../src/commands/top.ts'
import {openRedis} from '../../../src/redis/connect.ts'
import {cliEnv, cliJson} from '../../support/cli.ts'
import {startTestCluster, type TestCluster, type TestNode} from '../../support/cluster.ts'
import {useServers} from '../../support/context.ts'
import {nameOf, replicasOf, replicationOf, untilCopied} from '../../support/replicas.ts'
import {runCommand} from '../../support/run-command.ts'
import {startServe} from '../../support/serve.ts'

const context = useServers()
let cluster: TestCluster

/** One queue, with its key, and one that is spread over slots. */
const QUEUE = 'read'
const SPREAD = 'spread'
const KEY = `queue:{${QUEUE}}`

beforeAll(async () => {
  cluster = await startTestCluster()
  const env = cliEnv({REDIS_URL: cluster.url})
  await context.pool.query('CREATE TABLE read_there (a int CHECK (a <> 13))')
  const table = `${context.schema}.read_there`
  await cliJson(['enqueue', '-q', QUEUE, '-'], {env, input: items(20)})
  await cliJson(['work', '-q', QUEUE, '--table', table, '--until-empty'], {env})
  await cliJson(['enqueue', '-q', QUEUE, '-'], {env, input: items(5)})
  await cliJson(['enqueue', '-q', SPREAD, '--shards', '6', '-'], {env, input: items(60)})
  await untilCopied(cluster, [KEY, '{c}', '{a}', '{b}'])
})
afterAll(() => cluster.stop())

const items = (count: number) => Array.from({length: count}, (_, a) => `{"a":${a}}\n`).join('')
const env = () => ({REDIS_URL: cluster.url, DATABASE_URL: inject('databaseUrl')})
const READING = ['--read-from', 'replica']
const lagOf = (node: TestNode) => ({
  server: nameOf(node),
  behindBytes: expect.any(Number),
  heardSecondsAgo: expect.any(Number),
})

/** What the primaries have been asked to read, by the command. */
async function readsOfPrimaries(): Promise<Array<[string, number]>> {
  const reads = new Map<string, number>()
  for (const node of cluster.nodes) {
    if ((await replicationOf(node)).get('role') !== 'master') continue
    const stats = await node.redis.info('commandstats')
    for (const [, name, calls] of stats.matchAll(/^cmdstat_(\w+):calls=(\d+)/gm)) {
      if (READS.includes(name)) reads.set(name, (reads.get(name) ?? 0) + Number(calls))
    }
  }
  return [...reads].sort()
}

const READS = ['eval', 'evalsha', 'zrange', 'zcard', 'scan', 'hgetall', 'hmget', 'type', 'dbsize', 'slowlog']

describe('a queue of a cluster', () => {
  it.each([
    ['inspect', Inspect, ['-q', QUEUE], {ready: 5, deadLetters: 1}],
    ['peek', Peek, ['-q', QUEUE], {items: expect.objectContaining({length: 5})}],
    ['top --once', Top, ['--once', '-q', QUEUE], {observation: {inspection: {ready: 5}}}],
    ['dlq list', List, ['-q', QUEUE], {deadLetters: 1}],
    ['dlq diagnose', Diagnose, ['-q', QUEUE], {matched: 1, failing: 1}],
  ] as const)('is read from a replica of its slot by %s, with its lag', async (name, command, argv, part) => {
    const replica = await cluster.replicaOf(KEY)
    const before = await readsOfPrimaries()
    const {code, stderr, json} = await runCommand(command, [...argv, '--json', ...READING], env())
    expect({name, code, stderr}).toEqual({name, code: 0, stderr: ''})
    expect(json).toMatchObject({...part, readFrom: [lagOf(replica)]})
    expect(await readsOfPrimaries()).toEqual(before)
    const words = (await runCommand(command, [...argv, ...READING], env())).stdout
    expect(words).toContain(`replica ${nameOf(replica)}`)
  })

  it('has its dead letters shown from there', async () => {
    const {items: letters} = (await runCommand(List, ['-q', QUEUE, '--json'], env())).json as {
      items: {id: string}[]
    }
    const shown = await runCommand(Show, ['-q', QUEUE, letters[0].id, '--json', ...READING], env())
    expect(shown).toMatchObject({
      code: 0,
      json: {...letters[0], readFrom: [lagOf(await cluster.replicaOf(KEY))]},
    })
  })

  it('is found with all others on a replica of each primary', async () => {
    const before = await readsOfPrimaries()
    const found = await runCommand(Queues, ['--json', ...READING], env())
    const readFrom = (await replicasOf(cluster)).map(lagOf)
    expect(readFrom).toHaveLength(3)
    expect(found.json).toMatchObject({
      queues: [
        {queue: QUEUE, ready: 5},
        {queue: SPREAD, ready: 60},
      ],
      readFrom,
    })
    const top = await runCommand(Top, ['--once', '--json', ...READING], env())
    expect(top.json).toMatchObject({queues: [{queue: QUEUE}, {queue: SPREAD}], readFrom})
    expect(await readsOfPrimaries()).toEqual(before)
  })

  it('that is spread over slots is read from the replicas of them all', async () => {
    const slots = [`queue:{${SPREAD}}`, ...[1, 2, 3, 4, 5, 6].map((i) => `queue:{${SPREAD}_shard_${i}}`)]
    const replicas = new Set(await Promise.all(slots.map((key) => cluster.replicaOf(key))))
    const names = [...replicas].map(nameOf).sort()
    expect(names.length).toBeGreaterThan(1)
    const before = await readsOfPrimaries()
    for (const command of [Inspect, Peek, List]) {
      const {json} = await runCommand(command, ['-q', SPREAD, '--json', ...READING], env())
      const {readFrom} = json as {readFrom: Array<{server: string}>}
      expect(readFrom.map(({server}) => server)).toEqual(names)
    }
    expect((await runCommand(Inspect, ['-q', SPREAD, '--json', ...READING], env())).json).toMatchObject({
      ready: 60,
    })
    expect(await readsOfPrimaries()).toEqual(before)
  })

  it('says of a primary that it is none', async () => {
    for (const command of [Inspect, Peek, List, Queues, Top]) {
      const argv = command === Top ? ['--once'] : command === Queues ? [] : ['-q', QUEUE]
      expect((await runCommand(command, [...argv, '--json'], env())).json).toMatchObject({readFrom: null})
    }
  })
})

it('is served from replicas, while what changes it goes to the primary', async () => {
  const api = await startServe({
    redisUrl: cluster.url,
    openReading: () => openRedis(cluster.url, {readFrom: 'replica'}),
  })
  onTestFinished(async () => void (await api.stop()))
  const before = await readsOfPrimaries()
  const readFrom = [lagOf(await cluster.replicaOf(KEY))]
  expect((await api.ask(`/queue/${QUEUE}/status`)).json).toMatchObject({inspection: {ready: 5, readFrom}})
  expect((await api.ask(`/queue/${QUEUE}/dead-letters`)).json).toMatchObject({letters: [{}], readFrom})
  expect((await api.ask('/queues')).json).toMatchObject({readFrom: (await replicasOf(cluster)).map(lagOf)})
  // What looks after operations, which are written, asks primaries by scripts and for nothing else
  const others = (reads: Array<[string, number]>) =>
    reads.filter(([name]) => !/^eval|hgetall|hmget/.test(name))
  expect(others(await readsOfPrimaries())).toEqual(others(before))
  expect(await api.post(`/queue/${QUEUE}_written/items`, {a: 1})).toMatchObject({
    status: 200,
    json: {enqueued: 1},
  })
})
