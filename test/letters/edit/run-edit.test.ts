import {expect, it} from 'vitest'
import {readRules} from '../../../src/letters/edit/rule.ts'
import {editLetters} from '../../../src/letters/edit/run-edit.ts'
import type {QueueEngine} from '../../../src/queue/engine.ts'
import {useServers} from '../../support/context.ts'
import {seedLetters} from '../../support/letters.ts'

const context = useServers()
const {signal} = new AbortController()

const set = async ({letters}: QueueEngine, ...texts: string[]) => {
  const plan = await letters.plan()
  const rules = readRules({set: texts})
  const run = {trash: 'abc', by: 'me@here', at: plan.at}
  return editLetters(letters, {filter: {plan}, rules, run, signal})
}

it('repairs a payload that is no JSON for its NaN', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, [
    {payload: '{"lat": NaN,"lon":-Infinity, "n":1.50}', reason: 'malformed'},
    {payload: '{"lat":', reason: 'malformed'},
  ])
  expect(await set(at.engine, 'lat=47')).toMatchObject({matched: 2, edited: 1, skipped: 1, later: 0})
  const [member] = await context.redis.zrange(at.keys.dead, '0', '0')
  expect(JSON.parse(member).payload).toBe('{"lat": 47,"lon":null, "n":1.50}')
})

it('repairs the points of another producer', async () => {
  const at = context.newQueue()
  const envelope = (points: string) => `{"worst":NaN,"points":${points},"count":2}`
  await context.redis.zadd(at.keys.dead, 5, envelope('[{"lat":NaN,"n":1.0},{"lat":2}]'))
  expect(await set(at.engine, 'lat=47')).toMatchObject({edited: 1})
  expect(await context.redis.zrange(at.keys.dead, '0', '-1')).toEqual([
    envelope('[{"lat":47,"n":1.0},{"lat":47}]'),
  ])
})

it('says what it left because of its time', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, [{payload: '{}'}, {payload: '{"a":1}', failedAt: Date.now() + 3_600_000}])
  expect(await set(at.engine, 'a=2')).toMatchObject({matched: 1, edited: 1, skipped: 0, later: 1})
})

it('changes nothing, and leaves nothing to undo, where the value is there already', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, [{payload: '{"a":2}'}])
  const before = await context.redis.zrange(at.keys.dead, '0', '-1')
  expect(await set(at.engine, 'a=2')).toMatchObject({matched: 1, edited: 0, skipped: 1})
  expect(await context.redis.zrange(at.keys.dead, '0', '-1')).toEqual(before)
  expect(await context.redis.exists(at.keys.trash)).toBe(0)
})
