import {expect, it} from 'vitest'
import {proposeOperation} from '../../../src/operations/kept/propose.ts'
import {applyOperation} from '../../../src/operations/kept/steer.ts'
import {deadLetterText} from '../../../src/queue/letters/dead-letter.ts'
import {callerOf} from '../../support/caller.ts'
import {cliEnv, runningCli, until} from '../../support/cli.ts'
import {applied, ownDatabase, queueOfLetters, REPLAY, useOwnServers} from '../../support/kept.ts'
import {randomInt} from '../../support/seeded.ts'

const context = useOwnServers(3)
const LETTERS = 100_000
const KILLS = 20

async function manyLetters() {
  const at = context.newQueue()
  const cause = {reason: 'foreign_key', code: '23503', message: 'no parent'} as const
  for (let from = 0; from < LETTERS; from += 5000) {
    const members = Array.from({length: 5000}, (_, i) => {
      const n = from + i
      const failedAt = 1_700_000_000_000 + n
      const head = {id: `lease:${n}`, queue: at.queue, failedAt, attempts: 1, score: n}
      return [failedAt, deadLetterText(head, cause, Buffer.from(`{"n":${n}}`))]
    })
    await context.redis.zadd(at.keys.dead, ...members.flat())
  }
  await context.redis.hset(at.keys.stats, 'dead:foreign_key', LETTERS)
  return at
}

it.each([1, 2])(
  'replays each of 100,000 letters once, though its process is killed 20 times (seed %i)',
  async (seed) => {
    const {queue, keys, engine} = await manyLetters()
    const caller = callerOf(context, queue)
    const {id} = await proposeOperation(caller, {operation: 'dlq replay', input: REPLAY})
    await applyOperation(caller, id, 'a test')
    const done = async () => Number((await context.redis.hget(keys.operation(id), 'done')) ?? 0)
    const random = randomInt(seed)
    const moments = Array.from({length: KILLS}, () => random(LETTERS * 0.8)).sort((a, b) => a - b)
    const env = cliEnv({REDIS_URL: ownDatabase(3)})
    const killedAt: number[] = []
    for (const moment of moments) {
      const before = await done()
      const {child, ended} = runningCli(['operations', 'run', id], env)
      while ((await done()) < Math.max(moment, before + 1));
      child.kill('SIGKILL')
      await ended
      killedAt.push(await done())
      expect(await engine.operations.read(id)).toMatchObject({state: 'running'})
      // As if 15 seconds had gone by
      await context.redis.zadd(keys.runners, 'XX', 0, id)
    }
    expect(killedAt).toEqual([...killedAt].sort((a, b) => a - b))
    expect(new Set(killedAt).size).toBe(KILLS)
    const {json, code} = await runningCli(['operations', 'run', id, '--json'], env).ended.then((over) => ({
      ...over,
      json: JSON.parse(over.stdout),
    }))
    expect(code).toBe(0)
    expect(json).toMatchObject({state: 'done', done: LETTERS, result: {replayed: LETTERS, remaining: 0}})
    const items = await context.redis.zrange(keys.ready, '0', '-1')
    expect(items.map((item) => JSON.parse(item).n)).toEqual(Array.from({length: LETTERS}, (_, n) => n))
    expect(await context.redis.zcard(keys.dead)).toBe(0)
    expect(await context.redis.hget(keys.stats, 'dead:foreign_key')).toBe('0')
    expect(await context.redis.hlen(keys.history)).toBe(LETTERS)
    const audit = await caller.audit.latest({queue, limit: 100})
    expect(audit).toMatchObject([{state: 'done', count: LETTERS, who: 'ann@host'}])
  },
  300_000,
)

it('purges and edits each letter once, though their process is killed', async () => {
  for (const [operation, input] of [
    ['dlq edit', {where: 'n<50000', set: ['m=1']}],
    ['dlq purge', {where: 'n>=20000 n<90000'}],
  ] as const) {
    const {queue, keys, engine} = await manyLetters()
    const caller = callerOf(context, queue)
    const kept = await proposeOperation(caller, {operation, input})
    const {id, plan} = await applyOperation(caller, kept.id, 'a test')
    const random = randomInt(plan.affected)
    const env = cliEnv({REDIS_URL: ownDatabase(3)})
    const done = async () => Number((await context.redis.hget(keys.operation(id), 'done')) ?? 0)
    for (let kill = 0; kill < 5; kill++) {
      const moment = (await done()) + 1 + random(plan.affected / 8)
      const {child, ended} = runningCli(['operations', 'run', id], env)
      while ((await done()) < moment);
      child.kill('SIGKILL')
      await ended
      await context.redis.zadd(keys.runners, 'XX', 0, id)
    }
    await runningCli(['operations', 'run', id], env).ended
    expect(await engine.operations.read(id)).toMatchObject({state: 'done', done: plan.affected})
    const trash = await engine.trash()
    expect(trash).toMatchObject([{id, count: plan.affected}])
    const left = await context.redis.zrange(keys.dead, '0', '-1')
    const payloads = left.map((letter) => JSON.parse(letter).payload)
    const changed = payloads.filter((payload) => payload.includes('"m":1'))
    expect([payloads.length, changed.length]).toEqual(
      operation === 'dlq edit' ? [LETTERS, 50_000] : [30_000, 0],
    )
    await until(async () => (await caller.audit.latest({queue, limit: 9})).length === 1)
  }
}, 300_000)

it('is carried on by another server when its own is killed and its hold is over, which lasts 15 seconds', async () => {
  const at = await queueOfLetters(context, 1000)
  const caller = callerOf(context, at.queue)
  const input = {...REPLAY, rate: 200}
  const {id} = await applied(caller, {operation: 'dlq replay', input})
  const env = cliEnv({REDIS_URL: ownDatabase(3), QTOOL_TOKEN: 'a-token-for-the-tests'})
  const servers = [1, 2].map(() => runningCli(['serve', '--port', '0'], env))
  const read = () => at.engine.operations.read(id)
  await until(async () => ((await read())?.done ?? 0) > 100)
  const first = (await read())?.runner
  servers.find(({child}) => first?.endsWith(`:${child.pid}`))?.child.kill('SIGKILL')
  const endsAt = Number(await context.redis.zscore(at.keys.runners, id))
  const [seconds, micros] = (await context.redis.time()).map(Number)
  expect(endsAt - seconds * 1000 - Math.floor(micros / 1000)).toBeLessThanOrEqual(15_000)
  // As if they had gone by
  await context.redis.zadd(at.keys.runners, 'XX', 0, id)
  const {done = 0} = (await read()) ?? {}
  await until(async () => ((await read())?.done ?? 0) > done + 100)
  expect((await read())?.runner).not.toBe(first)
  await until(async () => (await read())?.state === 'done')
  expect(await at.engine.depth()).toBe(1000)
  expect(await caller.audit.latest({queue: at.queue, limit: 9})).toMatchObject([{state: 'done', count: 1000}])
  for (const {child, ended} of servers) {
    child.kill('SIGTERM')
    await ended
  }
}, 120_000)
