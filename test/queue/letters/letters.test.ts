import {describe, expect, it} from 'vitest'
import {parseFilter} from '../../../src/queue/letters/filter-flags.ts'
import {Letter} from '../../../src/queue/letters/letter.ts'
import {findLetter, LetterScan} from '../../../src/queue/letters/letter-scan.ts'
import {surveyAll} from '../../../src/queue/letters/letter-survey.ts'
import {normaliseFailure, normaliseText} from '../../../src/queue/letters/normalise.ts'
import {useServers} from '../../support/context.ts'
import {seedLetters} from '../../support/letters.ts'

const context = useServers()
const NOW = Date.parse('2026-11-24T12:00:00Z')

describe('a normalised message', () => {
  const of = (code: string, message: string, payload = '{"a":1}') =>
    normaliseFailure({code, message, holds: (text) => payload.includes(text)})

  it.each([
    ['22P02', 'invalid input syntax for type integer: "abc"', 'invalid input syntax for type integer: "…"'],
    [
      '22003',
      'value "3000000000" is out of range for type integer',
      'value "…" is out of range for type integer',
    ],
    [
      '23503',
      'insert or update on table "points_2" violates foreign key constraint "fk_1"',
      'insert or update on table "points_2" violates foreign key constraint "fk_1"',
    ],
    ['23502', 'null value in column "a" of relation "t"', 'null value in column "a" of relation "t"'],
    [
      '22001',
      'value too long for type character varying(10)',
      'value too long for type character varying(10)',
    ],
    ['54000', 'index row size 5016 exceeds btree version 4', 'index row size N exceeds btree version N'],
  ])('of Postgres leaves values out and keeps names and limits: %s %s', (code, message, expected) => {
    expect(of(code, message)).toBe(expected)
  })

  it.each([
    'value too long for type character varying(12)',
    'bit string length does not match type bit(12)',
    'cannot cast to type numeric(12,2)',
  ])('keeps the limits of a type, even where the payload has the same digits: %s', (message) => {
    expect(of('22001', message, '{"id":1234,"of":"12,2"}')).toBe(message)
  })

  it.each([
    ['UTF8', 'is not valid UTF-8', 'is not valid UTF-8'],
    ['JSON', 'not valid JSON (at byte 12)', 'not valid JSON (at byte N)'],
    [
      'JSON',
      'not valid JSON (at byte 7): JSON has no NaN; "qtool enqueue --lenient" turns it into null',
      'not valid JSON (at byte N): JSON has no NaN; "qtool enqueue --lenient" turns it into null',
    ],
    ['SIZE', 'is 70000 bytes, more than the limit of 65536', 'is N bytes, more than the limit of 65536'],
    [
      'TS_FORMAT',
      'expected a date such as 2026-11-24 in "d", got "24/11/2026"',
      'expected a date such as 2026-11-24 in "d", got …',
    ],
    ['SHAPE', 'expected a JSON object, got [8, 24]', 'expected a JSON object, got …'],
    [
      'SHAPE',
      'expected a JSON array in "orders[12].lines", got 7',
      'expected a JSON array in "orders[N].lines", got …',
    ],
    ['UNKNOWN_KEY', 'key "a[1]" matches no column of "t"', 'key "a[1]" matches no column of "t"'],
  ])('of qtool keeps its words, whatever the payload holds: %s %s', (code, message, expected) => {
    expect(of(code, message, '{"a":8,"b":"24","c":8601,"d":65536}')).toBe(expected)
  })

  it('replaces a number that the payload holds', () => {
    expect(of('P0001', 'tenant 5 is closed since 2026', '{"tenant":5}')).toBe('tenant N is closed since 2026')
  })

  it('of another producer leaves every number and id out', () => {
    const text = 'Flight 5f0c0c9e-0000-4000-8000-00000000000a not found in 12 s'
    expect(normaliseText(text)).toBe('Flight … not found in N s')
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
  const survey = await surveyAll(context.redis, at.keys, {show: 3})
  expect(survey).toMatchObject({deadLetters: 62, matched: 62})
  expect(survey.deadLettersByReason).toEqual({invalid: 60, foreign_key: 1})
  expect(survey.foreignDeadLetters).toBe(1)
  expect(survey.groups[0]).toMatchObject({
    code: '22P02',
    letters: 60,
    error: 'invalid input syntax for type integer: "…"',
  })
  expect(survey.items).toHaveLength(3)
})
