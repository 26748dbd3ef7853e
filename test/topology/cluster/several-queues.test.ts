import type {Redis} from 'ioredis'
import {afterAll, beforeAll, beforeEach, expect, it} from 'vitest'
import {readFacts} from '../../../src/doctor/read-facts.ts'
import {AnswerBook} from '../../../src/queue/answer-book.ts'
import {openAudit} from '../../../src/queue/audit.ts'
import {knownQueues} from '../../../src/queue/known-queues.ts'
import {openQueue, queueClient} from '../../../src/queue/open.ts'
import {QueueSurvey} from '../../../src/queue/survey/queue-survey.ts'
import {ConnectionBudget} from '../../../src/redis/budget.ts'
import {closeRedis} from '../../../src/redis/client.ts'
import {openRedis} from '../../../src/redis/connect.ts'
import {queueKeys} from '../../../src/redis/keys.ts'
import {startTestCluster, type TestCluster} from '../../support/cluster.ts'
import {failOver} from '../../support/replicas.ts'
import {moveSlot} from '../../support/slot-move.ts'

const NAMES = Array.from({length: 30}, (_, i) => `q${String(i).padStart(2, '0')}`)
let cluster: TestCluster
let redis: Redis

beforeAll(async () => {
  cluster = await startTestCluster()
  // One connection is all that a budget knows of: those to the nodes are beside it
  redis = (await openRedis(cluster.url, {budget: new ConnectionBudget(1), commandMs: 2000})).redis
  for (const [i, name] of NAMES.entries()) {
    const queue = await openQueue(redis, {name})
    for (let n = 0; n <= i; n++) await queue.put(Buffer.from(`{"n":${n}}`), n)
  }
})
afterAll(async () => {
  closeRedis(redis)
  await cluster.stop()
})

let survey: QueueSurvey
beforeEach(() => {
  const {signal} = new AbortController()
  survey = new QueueSurvey(redis, {sort: 'name', memory: true, signal})
})

const counted = async () => (await survey.look()).queues.map(({queue, ready}) => [queue, ready])
const EXPECTED = NAMES.map((name, i) => [name, i + 1])

/** Clients of qtool at all nodes. */
async function connections(): Promise<number> {
  const lists = await Promise.all(cluster.nodes.map((node) => node.redis.client('LIST')))
  return String(lists).split('name=qtool').length - 1
}

it('are found on all nodes, and read over one client for each', async () => {
  const before = await connections()
  await survey.findAll(() => {})
  expect(await counted()).toEqual(EXPECTED)
  expect((await connections()) - before).toBeLessThanOrEqual(3)
  expect((await knownQueues(redis))?.names).toEqual(NAMES)
})

it('are read where they are after a slot has moved and a node was replaced', async () => {
  await survey.findAll(() => {})
  const {ready} = queueKeys('q07', 'cluster')
  const from = await cluster.primaryOf(ready)
  const to = cluster.nodes.find((node) => node !== from && cluster.nodes.indexOf(node) < 3)
  if (!from || !to) throw new Error('no two primaries')
  await moveSlot(cluster, ready, {from, to})
  expect(await counted()).toEqual(EXPECTED)
  await failOver(cluster, ready)
  expect(await counted()).toEqual(EXPECTED)
  await survey.findAll(() => {})
  expect(await counted()).toEqual(EXPECTED)
})

it('share an audit and the homes of operations, which are elsewhere than the queues', async () => {
  const audit = openAudit(redis)
  for (const queue of ['q01', 'q02', 'q03']) {
    const {operations} = await openQueue(redis, {name: queue})
    await operations.create({id: `op-${queue}`, action: 'purge', plan: {n: 1}})
    await operations.change(`op-${queue}`, {from: ['planned'], to: 'running'})
    await audit.begin(`run-${queue}`, {who: 'a', action: 'purge', queue, profile: null, filter: 'all'})
  }
  const {operations} = await openQueue(redis, {name: 'q20'})
  expect(await operations.homes()).toEqual({'op-q01': 'q01', 'op-q02': 'q02', 'op-q03': 'q03'})
  expect(await operations.due(NAMES, 5)).toEqual(
    ['q01', 'q02', 'q03'].map((queue) => ({queue, id: `op-${queue}`})),
  )
  await operations.announce('runner', 60_000)
  expect(await operations.runners()).toEqual(['runner'])
  expect((await audit.latest({limit: 9})).map(({queue}) => queue)).toEqual(['q03', 'q02', 'q01'])
})

it('share answers, all of them over one connection', async () => {
  const book = new AnswerBook(redis)
  const before = await connections()
  for (let i = 0; i < 20; i++) {
    const {begun} = await book.begin(`key ${i}`)
    await begun?.finish('request', {status: 200, body: String(i)})
    expect(await book.begin(`key ${i}`)).toEqual({
      known: {state: 'answered', request: 'request', answer: {status: 200, body: String(i)}},
    })
  }
  expect((await connections()) - before).toBe(1)
})

it('are half moved: the doctor says so, and a row of the list does', async () => {
  const {ready} = queueKeys('q10', 'cluster')
  const slot = Number(await cluster.nodes[0].redis.cluster('KEYSLOT', ready))
  const from = await cluster.primaryOf(ready)
  const primaries = await Promise.all(
    NAMES.map((name) => cluster.primaryOf(queueKeys(name, 'cluster').ready)),
  )
  const to = primaries.find((node) => node !== from)
  if (!from || !to) throw new Error('no two primaries')
  await to.redis.cluster('SETSLOT', slot, 'IMPORTING', from.id)
  await from.redis.cluster('SETSLOT', slot, 'MIGRATING', to.id)
  try {
    const {signal} = new AbortController()
    const facts = await readFacts({
      qtool: {version: '0', queue: 'q10', redisMaxConnections: 9},
      redis: {
        server: cluster.url,
        lend: async (use) =>
          use(await queueClient(redis, {name: 'q10'}), () => openQueue(redis, {name: 'q10'})),
      },
      signal,
    })
    expect(facts.redis?.cluster).toMatchObject({state: 'ok', openSlots: 1})
    expect(facts.unread.queue).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/^(ASK|TRYAGAIN) /),
    })
    await survey.findAll(() => {})
    const {queues} = await survey.look()
    expect(queues.find(({queue}) => queue === 'q10')).toMatchObject({
      ready: null,
      problem: 'its slot is moving',
    })
    expect(queues.filter(({problem}) => problem === null)).toHaveLength(NAMES.length - 1)
  } finally {
    for (const {redis} of [from, to]) await redis.cluster('SETSLOT', slot, 'STABLE')
  }
})
