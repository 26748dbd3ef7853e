import {describe, expect, it} from 'vitest'
import {deadLetterText} from '../../src/queue/dead-letter.ts'
import {Letter} from '../../src/queue/letter.ts'
import {matchesFilter, parseFilter} from '../../src/queue/letter-filter.ts'

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

  it('takes NaN for null', () => {
    const letter = own(Buffer.from('{"lat":NaN}'))
    expect(matchesFilter(filter({match: ['lat=null']}), letter)).toBe(true)
  })
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
