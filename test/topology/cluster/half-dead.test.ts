import type {Redis} from 'ioredis'
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest'
import Doctor from '../../../src/commands/doctor.ts'
import Inspect from '../../../src/commands/inspect.ts'
import Queues from '../../../src/commands/queues.ts'
import Top from '../../../src/commands/top.ts'
import type {Diagnosis} from '../../../src/doctor/diagnose.ts'
import {knownQueues} from '../../../src/queue/known-queues.ts'
import {openQueue} from '../../../src/queue/open.ts'
import {spreadQueue} from '../../../src/queue/shards/spread-queue.ts'
import {QueueSurvey} from '../../../src/queue/survey/queue-survey.ts'
import {closeRedis} from '../../../src/redis/client.ts'
import {openRedis} from '../../../src/redis/connect.ts'
import {until} from '../../support/cli.ts'
import {QUICK_MS, startTestCluster, type TestCluster, type TestNode} from '../../support/cluster.ts'
import {runCommand} from '../../support/run-command.ts'

/** As CLUSTER KEYSLOT says: of four primaries the first has 0 to 4095, the last 12288 to 16383. */
const SLOT = {a: 15_495, b: 3300, c: 7365, d: 11_298}
const SHARDS = [1, 2, 3, 4].map((shard) => `a_shard_${shard}`)

let cluster: TestCluster
let redis: Redis
let dead: TestNode
let name: string

/** One that has found its queues while all nodes were alive. */
let early: QueueSurvey

const newSurvey = () =>
  new QueueSurvey(redis, {sort: 'name', memory: true, signal: new AbortController().signal})

/** The nodes serve their own slots while others are dead, or none. */
async function startHalfDead(fullCoverage: 'yes' | 'no'): Promise<void> {
  const settings = [`cluster-require-full-coverage ${fullCoverage}`]
  cluster = await startTestCluster({nodes: 4, primaries: 4, nodeTimeoutMs: QUICK_MS, settings})
  redis = (await openRedis(cluster.url, {commandMs: 2000})).redis
  for (const queue of ['b', 'c', 'd'])
    await (await openQueue(redis, {name: queue})).put(Buffer.from('{"n":1}'), 1)
  await spreadQueue(redis, 'a', {shards: 4, shardBy: 'n'})
  for (const shard of SHARDS) await (await openQueue(redis, {name: shard})).put(Buffer.from('{"n":1}'), 1)
  early = newSurvey()
  await early.findAll(() => {})
  dead = cluster.nodes[3]
  name = `127.0.0.1:${dead.port}`
  await dead.crash()
  const state = fullCoverage === 'yes' ? 'fail' : 'ok'
  for (const alive of cluster.nodes.slice(0, 3)) {
    await until(async () => {
      const info = String(await alive.redis.cluster('INFO'))
      return info.includes('cluster_slots_fail:4096') && info.includes(`cluster_state:${state}`)
    })
  }
}

async function stop(): Promise<void> {
  closeRedis(redis)
  await cluster.stop()
}

/** Which of the shards are on the nodes that live. */
async function livingShards(): Promise<string[]> {
  const [alive] = cluster.nodes
  const slots = await Promise.all(SHARDS.map((shard) => alive.redis.cluster('KEYSLOT', `{${shard}}`)))
  return SHARDS.filter((_, i) => Number(slots[i]) < 12_288)
}

describe('a cluster with a dead node, whose others serve their slots', () => {
  beforeAll(() => startHalfDead('no'))
  afterAll(stop)

  it('has the slots that this file relies on', async () => {
    const [alive] = cluster.nodes
    for (const [queue, slot] of Object.entries(SLOT)) {
      expect(await alive.redis.cluster('KEYSLOT', `queue:{${queue}}`)).toBe(slot)
    }
  })

  it('shows the queues of the nodes that answer, and which one does not', async () => {
    const survey = newSurvey()
    await survey.findAll(() => {})
    const {queues, unreachable} = await survey.look()
    expect(unreachable).toEqual([name])
    expect(queues.filter(({problem}) => problem === null)).toMatchObject(
      ['b', 'c', 'd'].map((queue) => ({queue, ready: 1})),
    )
    expect(await knownQueues(redis)).toMatchObject({isComplete: false})
  })

  it('says of each shard of a queue that cannot be read that it may be one', async () => {
    const survey = newSurvey()
    await survey.findAll(() => {})
    const {queues} = await survey.look()
    const shards = await livingShards()
    expect(shards.length).toBeGreaterThan(0)
    expect(queues.filter(({problem}) => problem !== null)).toMatchObject(
      shards.map((queue) => ({queue, ready: 1, problem: 'may be a shard of a, which cannot be read'})),
    )
  })

  it('keeps the rows of queues that were found before, without figures', async () => {
    const {queues, unreachable} = await early.look()
    expect(unreachable).toEqual([name])
    expect(queues[0]).toMatchObject({queue: 'a', ready: null, problem: `node ${name} does not answer`})
    expect(queues.filter(({problem}) => problem === null).map(({queue}) => queue)).toEqual(['b', 'c', 'd'])
  })

  it.each([
    ['queues', Queues, []],
    ['top', Top, ['--once']],
  ])('%s says so, as text and as JSON', async (_, command, argv) => {
    const env = {REDIS_URL: cluster.url}
    const {stdout} = await runCommand(command, argv, env)
    expect(stdout).toContain(`node ${name} does not answer: its queues are missing here, or have no figures`)
    const {json} = await runCommand(command, [...argv, '--json'], env)
    expect(json).toMatchObject({unreachable: [name]})
  })

  it('is checked by doctor through another node, which says whose slots are not served', async () => {
    const {json, code} = await runCommand(Doctor, ['-q', 'a', '--json'], {REDIS_URL: cluster.url})
    expect(code).toBe(2)
    const {findings} = json as Diagnosis
    expect(findings.filter(({level}) => level === 'critical')).toMatchObject([
      {check: 'redis.reachable', what: `node ${name} does not answer`},
      {
        check: 'cluster.state',
        what: expect.stringContaining(`4,096 slots belong to nodes that do not answer: ${name}`),
      },
    ])
  })

  it('inspect fails, and names the slot and its node', async () => {
    const {json, code} = await runCommand(Inspect, ['-q', 'a', '--json'], {REDIS_URL: cluster.url})
    expect(code).toBe(4)
    expect(json).toMatchObject({
      error: {
        code: 'CONNECT',
        message: `slot ${SLOT.a} of the Cluster is not served: cannot reach ${name}: connect ECONNREFUSED ${name}`,
      },
    })
  })

  it('shows the same of a node that hangs', async () => {
    await dead.start()
    await until(async () => (await cluster.primaryOf('queue:{a}')) === dead)
    await until(async () => String(await dead.redis.cluster('INFO')).includes('cluster_state:ok'))
    dead.freeze()
    onTestFinished(() => dead.thaw())
    const survey = newSurvey()
    await survey.findAll(() => {})
    expect((await survey.look()).unreachable).toEqual([name])
    const {json} = await runCommand(Inspect, ['-q', 'a', '--json'], {REDIS_URL: cluster.url})
    expect(json).toMatchObject({
      error: {
        message: expect.stringContaining(`slot ${SLOT.a} of the Cluster is not served: cannot reach ${name}`),
      },
    })
  })
})

describe('a cluster with a dead node, whose others serve nothing either', () => {
  beforeAll(() => startHalfDead('yes'))
  afterAll(stop)

  it('shows the names of the queues of the nodes that answer, and why they have no figures', async () => {
    const survey = newSurvey()
    await survey.findAll(() => {})
    const {queues, unreachable} = await survey.look()
    expect(unreachable).toEqual([name])
    const shards = await livingShards()
    expect(queues).toMatchObject(
      [...shards, 'b', 'c', 'd'].map((queue) => ({queue, ready: null, problem: 'the cluster is down'})),
    )
  })

  it('names the node that is missing, and its slots, where a queue of another is looked at', async () => {
    const {json, code} = await runCommand(Inspect, ['-q', 'b', '--json'], {REDIS_URL: cluster.url})
    expect(code).toBe(4)
    expect(json).toMatchObject({
      error: {
        code: 'CLUSTERDOWN',
        message: expect.stringMatching(
          new RegExp(
            `^the Redis Cluster serves nothing: slots 12288-16383 belong to ${name}, which does not`,
          ),
        ),
      },
    })
  })
})
