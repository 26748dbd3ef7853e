import {describe, expect, it} from 'vitest'
import {Letter} from '../../src/queue/letter.ts'
import {parseFilter} from '../../src/queue/letter-filter.ts'
import {surveyLetters} from '../../src/queue/letter-groups.ts'
import {findLetter, LetterScan} from '../../src/queue/letter-scan.ts'
import {normalise} from '../../src/queue/normalise.ts'
import {useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const context = useServers()
const NOW = Date.parse('2026-11-24T12:00:00Z')

describe('normalise', () => {
  it.each([
    ['invalid input syntax for type integer: "abc"', 'invalid input syntax for type integer: "…"'],
    ['value "3000000000" is out of range for type integer', 'value "…" is out of range for type integer'],
    [
      'insert or update on table "points_2" violates foreign key constraint "fk_1"',
      'insert or update on table "points_2" violates foreign key constraint "fk_1"',
    ],
    ['not valid JSON (at byte 12)', 'not valid JSON (at byte N)'],
    ['Flight 5f0c0c9e-0000-4000-8000-00000000000a not found', 'Flight … not found'],
    ['null value in column "a" of relation "t"', 'null value in column "a" of relation "t"'],
  ])('%s', (message, expected) => {
    expect(normalise(message)).toBe(expected)
  })
})

describe('a letter of the service before qtool', () => {
  const points = '[{"lat":1.10, "n":9007199254740993},{"lat":2}]'
  const member = Buffer.from(
    `{"points": ${points}, "original_queue": "live_points", "reason": "Flight 12 not found", "timestamp": "2026-11-24T11:00:00", "count": 2}`,
  )
  const letter = new Letter(member, NOW / 1000)

  it('gives its points as they were written', () => {
    expect(letter.item.toString()).toBe(`{"points":${points}}`)
    expect(letter).toMatchObject({records: 2, reason: 'Flight 12 not found', itemScore: undefined})
  })

  it('has a time in seconds', () => {
    expect(letter.failedAt).toBe('2026-11-24T12:00:00.000Z')
  })
})

it('gives a letter of anything at all as it is', () => {
  const member = Buffer.from([0x7b, 0xff, 0x00])
  const letter = new Letter(member, 1)
  expect(letter.item).toEqual(member)
  expect(letter.view()).toMatchObject({reason: 'unknown', payloadEncoding: 'base64', records: 1})
})

describe('a scan', () => {
  it('shows only what the filter means, over many pages', async () => {
    const at = context.newQueue()
    const seeds = Array.from({length: 2345}, (_, i) => ({
      payload: `{"n":${i},"device":{"id":${i % 7}}}`,
      reason: i % 3 === 0 ? ('invalid' as const) : ('foreign_key' as const),
      failedAt: NOW - i * 1000,
    }))
    await seedLetters(context, at, seeds)
    const count = async (flags: Parameters<typeof parseFilter>[0]) => {
      let found = 0
      for await (const page of new LetterScan(context.redis, at.keys.dead, parseFilter(flags, NOW)).pages())
        found += page.length
      return found
    }
    expect(await count({})).toBe(2345)
    expect(await count({limit: 700})).toBe(700)
    expect(await count({reason: 'invalid'})).toBe(782)
    expect(await count({since: '99s'})).toBe(100)
    expect(await count({'older-than': '99s'})).toBe(2345 - 100)
    expect(await count({match: ['device.id=3']})).toBe(seeds.filter((_, i) => i % 7 === 3).length)
    expect(await count({match: ['device.id=3', 'n=10']})).toBe(1)
    expect(await count({id: ['lease:5', 'lease:9']})).toBe(2)
  })

  it('steps over nothing when what it gave is taken away', async () => {
    const at = context.newQueue()
    await seedLetters(
      context,
      at,
      Array.from({length: 1700}, (_, i) => ({payload: `{"n":${i}}`})),
    )
    const scan = new LetterScan(context.redis, at.keys.dead)
    let seen = 0
    for await (const page of scan.pages()) {
      seen += page.length
      if (page.length > 0) await context.redis.zrem(at.keys.dead, ...page.map((one) => one.member))
      scan.removed(page)
    }
    expect(seen).toBe(1700)
    expect(await context.redis.exists(at.keys.dead)).toBe(0)
  })
})

it('finds a letter by its id', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, [{payload: '{}'}, {payload: '{"a":1}', id: 'x:1'}])
  expect((await findLetter(context.redis, at.keys.dead, 'x:1'))?.item.toString()).toBe('{"a":1}')
  expect(await findLetter(context.redis, at.keys.dead, 'x:2')).toBeUndefined()
})

it('surveys by reason and error, whatever the values', async () => {
  const at = context.newQueue()
  const bad = Array.from({length: 60}, (_, i) => ({
    payload: `{"n":"${i}"}`,
    reason: 'invalid' as const,
    code: '22P02',
    message: `invalid input syntax for type integer: "x${i}"`,
  }))
  await seedLetters(context, at, [...bad, {payload: '{}', id: 'own', failedAt: NOW}])
  await context.redis.zadd(at.keys.dead, 5, '{"points":[{},{}],"reason":"Flight 7 gone","count":2}')
  const survey = await surveyLetters(context.redis, at.keys.dead, {show: 3})
  expect(survey).toMatchObject({total: 62, matched: 62})
  expect(survey.byReason).toEqual({invalid: 60, foreign_key: 1, 'Flight N gone': 2})
  expect(survey.groups[0]).toMatchObject({
    code: '22P02',
    letters: 60,
    error: 'invalid input syntax for type integer: "…"',
  })
  expect(survey.items).toHaveLength(3)
})
