import {Redis} from 'ioredis'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {Letter} from '../../../src/queue/letters/letter.ts'
import {rulesFor} from '../../support/acl.ts'
import {held, nothing} from '../../support/leases.ts'
import {startTestRedis, type TestServer} from '../../support/server.ts'
import {addAll, TestedQueue} from '../conformance/tested-queue.ts'
import {STREAM_UNDER_TEST} from './under-test.ts'

/** What the documentation names for streams, beside what a command needs for every queue. */
const ENQUEUE = 'evalsha exists get xadd xinfo|stream xinfo|groups xlen xrange'
const READ =
  'eval evalsha exists get xinfo|stream xinfo|groups xinfo|consumers xlen xpending xrange xrevrange'
const WORK = `${READ} set unlink xadd xclaim xdel xgroup|create xgroup|delconsumer xgroup|setid xreadgroup xtrim`

/** A Redis that nobody else uses, so that it may have users of its own. */
let server: TestServer
let redis: Redis

beforeAll(async () => {
  server = await startTestRedis()
  redis = new Redis(server.url)
})
afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

/** Lets a user work on a queue who may run one command of qtool on a stream. */
async function as<T>(command: string, also: string, use: (queue: TestedQueue) => Promise<T>): Promise<T> {
  const more = also.split(' ').map((name) => `+${name}`)
  await redis.acl('SETUSER', 'narrow', 'reset', ...rulesFor(command), '+info', '>narrow', ...more)
  const url = Object.assign(new URL(server.url), {username: 'narrow', password: 'narrow'}).href
  const client = new Redis(url)
  try {
    return await use(new TestedQueue(STREAM_UNDER_TEST, client, 'a'))
  } finally {
    client.disconnect()
  }
}

const {signal} = new AbortController()
const search = {signal, onProgress: () => {}}

describe('the rights that a stream needs', () => {
  it('are enough for what each command does', async () => {
    await as('enqueue', ENQUEUE, async (queue) => {
      const producer = await queue.openProducer()
      await addAll(producer, ['{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}'])
      expect(await producer.depth()).toBe(4)
      await producer.close()
    })
    await as('work', WORK, async (queue) => {
      const lease = held(await queue.take(2))
      await queue.engine.split(lease, 1)
      const half = held(await queue.take(1))
      expect((await queue.engine.places(half)).at(0)).toBeGreaterThan(0)
      const deadLetters = [{failedAt: 1, text: '{"n":1}'}]
      const postponed = [{score: 1, text: '{"n":9}'}]
      expect(await queue.engine.settle(half, {...nothing, deadLetters, postponed})).toBe('held')
      expect((await queue.take(1)).state).toBe('lease')
    })
    await as('inspect', READ, async ({engine}) => expect(await engine.inspect()).toMatchObject({ready: 2}))
    await as('peek --where a:1', READ, async ({engine}) => {
      expect(await engine.peek(9)).toHaveLength(2)
      expect(await engine.search({...search, limit: 9})).toMatchObject({searched: 2})
    })
    await as('dlq replay', WORK, async (queue) => {
      expect((await queue.replay([new Letter(Buffer.from('{"n":1}'), 1)])).moved).toHaveLength(1)
    })
    await as('purge', WORK, async ({engine}) => {
      const trash = await engine.clear()
      expect(trash?.count).toBeGreaterThan(0)
      if (trash) await as('undo', WORK, (queue) => queue.engine.restore(trash, signal))
      const some = await as('purge --where a:1 --yes', `${WORK} hincrby pexpire`, (queue) =>
        queue.engine.clearMatching({...search, limit: 1}),
      )
      expect(some?.count).toBe(1)
    })
  })
})
