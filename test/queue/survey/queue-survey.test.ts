import {Redis} from 'ioredis'
import {afterAll, beforeAll, beforeEach, describe, expect, it, vi} from 'vitest'
import {QueueSurvey, type SurveyOptions} from '../../../src/queue/survey/queue-survey.ts'
import {startTestRedis, type TestServer} from '../../support/server.ts'

let server: TestServer
let redis: Redis

beforeAll(async () => {
  server = await startTestRedis('appendonly no')
  redis = new Redis(server.url)
})

beforeEach(() => redis.flushall())

afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

async function surveyOf(options: Partial<SurveyOptions> = {}): Promise<QueueSurvey> {
  const survey = new QueueSurvey(redis, {
    sort: 'name',
    memory: false,
    signal: new AbortController().signal,
    ...options,
  })
  await survey.findAll(() => {})
  return survey
}

/** Most calls of a command that were under way at one time during `act`. */
async function mostAtOnce(command: string, act: () => Promise<unknown>): Promise<number> {
  let [now, most] = [0, 0]
  const send = redis.sendCommand.bind(redis)
  const spy = vi.spyOn(redis, 'sendCommand').mockImplementation((sent, ...rest) => {
    const reply = send(sent, ...rest) as Promise<unknown>
    if (sent.name === command) {
      most = Math.max(most, ++now)
      reply.catch(() => {}).finally(() => now--)
    }
    return reply
  })
  await act()
  spy.mockRestore()
  return most
}

describe('a survey', () => {
  it('reads a thousand queues, a few at a time', async () => {
    const names = Array.from({length: 1000}, (_, i) => `q${i}`)
    await redis.pipeline(names.map((name, i) => ['zadd', `queue:${name}`, '1', `${i}`])).exec()
    const survey = await surveyOf()
    let queues: string[] = []
    const most = await mostAtOnce('evalsha', async () => {
      queues = (await survey.look()).queues.map(({queue}) => queue)
    })
    expect(queues).toEqual(names.sort())
    expect(most).toBeLessThanOrEqual(50)
  })

  it('says how many keys there are, and how many were looked at', async () => {
    await redis.pipeline(Array.from({length: 5000}, (_, i) => ['set', `foreign:${i}`, 'x'])).exec()
    const survey = new QueueSurvey(redis, {sort: 'name', memory: false, signal: new AbortController().signal})
    const told: Array<[number, number | null]> = []
    await survey.findAll((looked, keys) => told.push([looked, keys]))
    expect(told[0]).toEqual([1000, 5000])
    expect(told.length).toBeGreaterThanOrEqual(4)
    expect(await survey.look()).toEqual({
      queues: [],
      ratesOverMs: null,
      foreign: {keys: 0, examples: []},
      readFrom: null,
      unreachable: [],
      keys: 5000,
    })
  })

  it('keeps three of the foreign names', async () => {
    await redis.mset('queue:a b', 1, 'queue:c d', 1, 'queue:e:f', 1, 'queue:g:h', 1)
    const {foreign} = await (await surveyOf()).look()
    expect(foreign).toEqual({keys: 4, examples: expect.anything()})
    expect(foreign.examples).toHaveLength(3)
  })

  it('tells rates between two looks, and not where nobody counts', async () => {
    await redis.hset('stats:counted', {enqueued: 10, inserted: 1})
    await redis.zadd('queue:foreign', 1, 'x')
    const survey = await surveyOf()
    expect((await survey.look()).ratesOverMs).toBeNull()
    expect(await survey.look()).toMatchObject({
      ratesOverMs: expect.any(Number),
      queues: [
        {queue: 'counted', inPerSecond: 0, outPerSecond: 0},
        {queue: 'foreign', inPerSecond: null, outPerSecond: null},
      ],
    })
  })

  it('finds queues that come while it is watched, and forgets those that went', async () => {
    await redis.zadd('queue:old', 1, 'x')
    const survey = await surveyOf()
    const namesOf = async () => (await survey.look()).queues.map(({queue}) => queue)
    expect(await namesOf()).toEqual(['old'])
    await redis.zadd('queue:new', 1, 'x')
    await redis.del('queue:old')
    expect(await namesOf()).toEqual(['new'])
  })

  it('goes on looking for new queues in small parts where there are many keys', async () => {
    await redis.pipeline(Array.from({length: 50_000}, (_, i) => ['set', `foreign:${i}`, 'x'])).exec()
    const survey = await surveyOf()
    await survey.look()
    await redis.zadd('queue:new', 1, 'x')
    const sent = vi.spyOn(redis, 'sendCommand')
    const scansBy = async () => {
      sent.mockClear()
      const {queues} = await survey.look()
      return {scans: sent.mock.calls.filter(([{name}]) => name === 'scan').length, found: queues.length}
    }
    expect(await scansBy()).toEqual({scans: 20, found: 0})
    expect(await scansBy()).toEqual({scans: 20, found: 0})
    expect(await scansBy()).toEqual({scans: expect.any(Number), found: 1})
    sent.mockRestore()
  })
})

describe('an interrupted survey', () => {
  it('ends within a step', async () => {
    await redis.pipeline(Array.from({length: 20_000}, (_, i) => ['set', `foreign:${i}`, 'x'])).exec()
    const controller = new AbortController()
    const survey = new QueueSurvey(redis, {sort: 'name', memory: false, signal: controller.signal})
    let steps = 0
    const finding = survey.findAll(() => {
      steps++
      controller.abort()
    })
    await expect(finding).rejects.toMatchObject({kind: 'interrupted'})
    expect(steps).toBe(1)
  })
})

it('says what to do where SCAN is not permitted', async () => {
  await redis.call('ACL', 'SETUSER', 'few', 'on', '>few', '~*', '+@all', '-scan', '-dbsize')
  const few = new Redis(Object.assign(new URL(server.url), {username: 'few', password: 'few'}).href)
  const survey = new QueueSurvey(few, {sort: 'name', memory: false, signal: new AbortController().signal})
  await expect(survey.findAll(() => {})).rejects.toMatchObject({
    code: 'NOPERM',
    message: expect.stringContaining('SCAN'),
    suggestions: [expect.stringContaining('+scan'), expect.stringContaining('qtool inspect -q')],
  })
  few.disconnect()
})
