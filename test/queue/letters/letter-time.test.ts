import {expect, it} from 'vitest'
import {Letter} from '../../../src/queue/letters/letter.ts'
import {findLetter, LetterScan} from '../../../src/queue/letters/letter-scan.ts'
import {failedAfter, failedMs} from '../../../src/queue/letters/letter-time.ts'
import {callsOf} from '../../support/calls.ts'
import {useServers} from '../../support/context.ts'
import {seedLetters} from '../../support/letters.ts'

const context = useServers()
const AT = Date.parse('2026-11-24T12:00:00.250Z')

it.each([
  ['seconds', AT / 1e3],
  ['milliseconds', AT],
  ['microseconds', AT * 1e3],
  ['nanoseconds', AT * 1e6],
])('reads a time in %s', (_, score) => {
  expect(failedMs(score)).toBeCloseTo(AT, 3)
  expect(new Letter(Buffer.from('x'), score).failedAt).toBe('2026-11-24T12:00:00.250Z')
})

it.each([0, 5, -AT, 1e8, 5e10, 5e13, 1e300, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  'takes %d for no time',
  (score) => {
    expect(failedMs(score)).toBeNaN()
    expect(failedAfter(score, 0)).toBe(false)
    expect(new Letter(Buffer.from('x'), score).failedAt).toBeNull()
  },
)

it('reads letters without a time behind all others, each once', async () => {
  const {keys} = context.newQueue()
  const scores = [0, 7, -3, '-inf', '+inf', 1e9, 1e10, 1e12, AT, AT * 1e3, 1e13, 1e16, AT * 1e6, 1e19, 3e11]
  for (const [i, score] of scores.entries()) await context.redis.zadd(keys.dead, score, `${i}`)
  const found: Letter[] = []
  for await (const page of new LetterScan(context.redis, keys.dead).pages()) found.push(...page)
  expect(new Set(found.map(({member}) => member.toString())).size).toBe(scores.length)
  const isTimed = found.map((letter) => letter.failedAt !== null)
  expect(isTimed).toEqual([...isTimed].sort((a, b) => Number(b) - Number(a)))
  expect(isTimed.filter(Boolean)).toHaveLength(5)
})

it('finds a letter by an id that tells its time without reading the others', async () => {
  const at = context.newQueue()
  const id = `${AT.toString(36)}-3f1a52e6-7f0e-4a3d-9b3c-0d3a6a3c1e11~7:0`
  const others = Array.from({length: 3000}, (_, i) => ({payload: `{"n":${i}}`, failedAt: AT + 1 + i}))
  await seedLetters(context, at, [...others, {payload: '{"wanted":1}', id, failedAt: AT}])
  await context.redis.zadd(at.keys.dead, AT / 1e3, 'of another program')
  const show = async (one: string) => (await findLetter(context.redis, at.keys.dead, one))?.item.toString()
  const pages = await callsOf(context.redis, 'eval', async () => {
    expect(await show(id)).toBe('{"wanted":1}')
  })
  // One page per unit of time that a score may have; all letters would be seven pages more
  expect(pages.length).toBeLessThanOrEqual(4)
  const foreign = new Letter(Buffer.from('of another program'), AT / 1e3)
  expect(foreign.id).toMatch(/^[0-9a-z]{8}-[0-9a-f]{16}$/)
  expect(await show(foreign.id)).toBe('of another program')
  expect(await show(id.replace(':0', ':1'))).toBeUndefined()
  const letter = await findLetter(context.redis, at.keys.dead, id)
  await context.redis.zadd(at.keys.dead, 5, letter?.member ?? '')
  expect(await show(id)).toBe('{"wanted":1}')
})
