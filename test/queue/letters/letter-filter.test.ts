import {describe, expect, it} from 'vitest'
import {deadLetterText} from '../../../src/queue/letters/dead-letter.ts'
import {parseFilter} from '../../../src/queue/letters/filter-flags.ts'
import {Letter} from '../../../src/queue/letters/letter.ts'
import {matchesFilter} from '../../../src/queue/letters/letter-filter.ts'

const filter = (flags: Parameters<typeof parseFilter>[0]) => parseFilter(flags, 0)
const letterOf = (text: string | Buffer) => new Letter(Buffer.from(text), 1.7e12)
const own = (payload: Buffer) =>
  letterOf(
    deadLetterText(
      {id: 'lease:1', queue: 'q', failedAt: 1.7e12, attempts: 1, score: 1},
      {reason: 'malformed', code: 'JSON', message: 'not valid JSON'},
      payload,
    ),
  )

describe('--match', () => {
  it.each([
    ['a payload with NaN', own(Buffer.from('{"device_id":"d13","lat":NaN}'))],
    ['a record of another producer with NaN', letterOf('{"device_id":"d13","lat":-Infinity}')],
    ['points with NaN', letterOf('{"points":[{"lat":NaN},{"device_id":"d13"}],"reason":"NaN, it said"}')],
    ['bytes that are no UTF-8', own(Buffer.from('{"device_id":"d13","x":"\xff"}', 'latin1'))],
  ])('reads %s', (_, letter) => {
    expect(matchesFilter(filter({match: ['device_id=d13']}), letter)).toBe(true)
    expect(matchesFilter(filter({match: ['device_id=d14']}), letter)).toBe(false)
  })

  const payload =
    '{"big":9007199254740993,"money":1.50,"e":1e3,"s":"1.5","yes":true,"nil":null,"o":{"a": 1, "b":[1,2]},' +
    '"device":{"id":7},"device.id":8,"u":"a\\u002Bb","q":"=x","empty":""}'

  it.each([
    ['big=9007199254740993', true],
    ['big=9007199254740992', false],
    ['money=1.50', true],
    ['money=1.5', false],
    ['e=1e3', true],
    ['e=1000', false],
    ['s=1.5', true],
    ['s="1.5"', true],
    ['yes=true', true],
    ['yes="true"', false],
    ['nil=null', true],
    ['o={"a":1,"b":[1, 2]}', true],
    ['o={"a":1}', false],
    ['device.id=7', true],
    ['device.id=8', true],
    ['device.id=9', false],
    ['u=a+b', true],
    ['q="=x"', true],
    ['empty=', true],
    ['missing=', false],
    ['toString=', false],
  ])('compares a value by its own text: %s', (match, isMeant) => {
    for (const letter of [own(Buffer.from(payload)), letterOf(`{"points":[{"a":1},${payload}]}`)]) {
      expect(matchesFilter(filter({match: [match]}), letter)).toBe(isMeant)
    }
  })

  it.each(['c!=1', 'c==1', 'c>=1', 'a', '=1', 'a..b=1', '.a=1', 'c =1'])('refuses %s', (match) => {
    expect(() => filter({match: [match]})).toThrow('--match must be KEY=VALUE')
  })

  it('finds records where the workers find them', () => {
    const letter = new Letter(Buffer.from('{"data":{"rows":[{"n":1},{"n":2}]},"why":"x"}'), 1.7e12, [
      'data',
      'rows',
    ])
    expect(matchesFilter(filter({match: ['n=2']}), letter)).toBe(true)
    expect(matchesFilter(filter({match: ['n=3']}), letter)).toBe(false)
    expect(letter.records).toBe(2)
    expect(letter.item.toString()).toBe('{"data":{"rows":[{"n":1},{"n":2}]}}')
  })

  it('takes NaN for null', () => {
    const letter = own(Buffer.from('{"lat":NaN}'))
    expect(matchesFilter(filter({match: ['lat=null']}), letter)).toBe(true)
  })
})

it.each([{since: '2099-01-01'}, {since: '2020-01-02', 'older-than': '2020-01-01'}])(
  'refuses a time in which nothing can have failed: %j',
  (flags) => {
    expect(() => parseFilter(flags, 1.7e12)).toThrow('--since')
  },
)

it('chooses by code, column and constraint', () => {
  const cause = {reason: 'foreign_key', code: '23503', message: 'm', column: 'c', constraint: 'k'} as const
  const head = {id: 'lease:1', queue: 'q', failedAt: 1.7e12, attempts: 1, score: 1}
  const letter = letterOf(deadLetterText(head, cause, Buffer.from('{}')))
  for (const flags of [{code: '23503'}, {column: 'c'}, {constraint: 'k'}]) {
    expect(matchesFilter(filter(flags), letter)).toBe(true)
  }
  for (const flags of [{code: '23505'}, {column: 'd'}, {constraint: 'l'}]) {
    expect(matchesFilter(filter(flags), letter)).toBe(false)
  }
})

it('gives the points of another producer as they were written, NaN too', () => {
  const points = '[{"lat":NaN,"s":"\\"NaN"},{"lat":-Infinity}]'
  const letter = letterOf(`{"worst": -Infinity, "note":"Infinity \\\\", "points": ${points}, "count": 2}`)
  expect(letter.item.toString()).toBe(`{"points":${points}}`)
})

it('--reason means what the letter says, and what the list shows', () => {
  const letter = letterOf('{"points":[],"reason":"Flight 12 not found"}')
  expect(matchesFilter(filter({reason: 'Flight 12 not found'}), letter)).toBe(true)
  expect(matchesFilter(filter({reason: 'Flight N not found'}), letter)).toBe(true)
  expect(matchesFilter(filter({reason: 'Flight 13 not found'}), letter)).toBe(false)
})

describe('a letter of another program', () => {
  const letter = letterOf('{"points":[{"a":1},{"a":2}],"reason":"x","error":"no parent","tenant":7}')
  it.each([
    ['text:parent', true],
    ['text:child', false],
    ['payload.error:"no parent"', true],
    ['payload.a:2 payload.tenant:7', true],
    ['payload.a:1 payload.a:2', false],
  ])('is searched as it is shown: %s', (where, isMeant) => {
    expect(matchesFilter(filter({where}), letter)).toBe(isMeant)
  })
})

it.each(['{"a":1}}', '{"a":1} {"a":1}', '{"a":1},', '[{"a":1}]', '{"a":1'])(
  'finds no value in what is not a JSON object: %s',
  (text) => {
    for (const letter of [own(Buffer.from(text)), letterOf(text)]) {
      expect(matchesFilter(filter({where: 'payload.a:1'}), letter)).toBe(false)
      expect(matchesFilter(filter({where: 'text:a'}), letter)).toBe(true)
    }
  },
)
