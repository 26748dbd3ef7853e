import {describe, expect, it} from 'vitest'
import {peekItems} from '../../../src/queue/items/peek.ts'
import {readScore} from '../../../src/queue/zset/read-score.ts'
import {useServers} from '../../support/context.ts'
import {setBook} from '../../support/set-book.ts'

const context = useServers()
const NOW = Date.parse('2026-11-24T12:00:00Z')
const none = {priority: null, enqueuedAt: undefined}

describe('readScore', () => {
  it.each([0, 3, 99, 157, 181, 900])('reads priority %d and the time', (priority) => {
    expect(readScore(priority * 1e13 + NOW - 5000, NOW)).toEqual({priority, enqueuedAt: NOW - 5000})
  })

  it.each([
    ['a plain priority', 7],
    ['seconds', NOW / 1e3],
    ['microseconds', NOW * 1e3],
    ['nanoseconds', NOW * 1e6],
    ['a negative number', -NOW],
    ['a time that is still to come', NOW + 2 * 86_400_000],
    ['a time before qtool', 3e13 + 1e12],
    ['a number without an end', Number.POSITIVE_INFINITY],
    ['a negative one without an end', Number.NEGATIVE_INFINITY],
    ['no number', Number.NaN],
  ])('reads nothing from %s', (_, score) => {
    expect(readScore(score, NOW)).toEqual(none)
  })

  it('reads nothing from any microsecond of seven years', () => {
    for (let ms = Date.parse('2020-01-01'); ms < NOW; ms += 3_600_000 * 7.3) {
      expect(readScore(Math.floor(ms * 1000), NOW)).toEqual(none)
    }
  })
})

it('shows scores of other producers as they are', async () => {
  const {keys} = context.newQueue()
  const scores = ['-inf', '-5.5', '7', '1764000000', '1764000000123456', 'inf']
  for (const score of scores) await context.redis.zadd(keys.ready, score, `{"s":"${score}"}`)
  const items = await peekItems(setBook(context.redis, keys), 10)
  expect(items.map(({score}) => String(score))).toEqual(scores)
  expect(items.every(({priority, enqueuedAt}) => priority === null && enqueuedAt === null)).toBe(true)
  expect(JSON.parse(JSON.stringify(items))).toEqual(items)
})
