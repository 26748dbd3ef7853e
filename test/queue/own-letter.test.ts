import {describe, expect, it} from 'vitest'
import {type Cause, deadLetterText, type PastFailure} from '../../src/queue/dead-letter.ts'
import {historyText} from '../../src/queue/history.ts'
import {Letter} from '../../src/queue/letter.ts'
import {OwnLetterReader} from '../../src/queue/own-letter.ts'

const head = {id: 'lease:1', queue: 'q', failedAt: 1.7e12, attempts: 1, score: 1e13 + 0.5}
const cause: Cause = {reason: 'invalid', code: '22P02', message: 'invalid "x"\n\u2028é'}
const textOf = (payload: string | Buffer, more: Partial<Cause> = {}, history: PastFailure[] = []) =>
  deadLetterText(head, {...cause, ...more}, Buffer.from(payload), history)
const reader = new OwnLetterReader()

describe('reads what Letter reads from', () => {
  it.each([
    ['a plain payload', textOf('{"a":1}')],
    ['every escape', textOf('{"a":"\\"\\\\/\b\f\n\r\t"}')],
    ['text beyond ASCII', textOf('{"a":"é€😀"}')],
    ['a letter with all fields', textOf('{}', {detail: 'd', column: 'c', constraint: 'k'})],
    [
      'a letter with blanks',
      textOf('{"a":1}').replace('"reason":', '"reason" : ').replace('"score":', '"score": '),
    ],
    ['a large payload', textOf(`{"a":"${'x'.repeat(200_000)}"}`)],
  ])('%s', (_, text) => {
    const letter = new Letter(Buffer.from(text), head.failedAt)
    expect(reader.read(letter.member)).toBe(true)
    expect(reader.item.subarray(0, reader.itemEnd)).toEqual(letter.item)
    const {start, end} = reader.score
    expect(Number(letter.member.toString('utf8', start, end))).toBe(letter.itemScore)
    expect(JSON.parse(reader.history ?? '')).toEqual(JSON.parse(historyText([], letter.failure)))
  })
})

it('says nothing of the history of a letter that has one', () => {
  const past = [{failed_at: null, reason: 'poison', code: null, message: null}]
  expect(reader.read(Buffer.from(textOf('{}', {}, past)))).toBe(true)
  expect(reader.history).toBeUndefined()
})

it.each([
  ['an envelope of the service', '{"points":[{}],"reason":"r"}'],
  ['a payload in base64', textOf(Buffer.from([0x7b, 0xff]))],
  ['an escape by number', textOf('{"a":"\u0001"}')],
  ['a field of its own', textOf('{}').replace('"queue"', '"more":1,"queue"')],
  ['a field twice', textOf('{}').replace('"attempts"', '"attempts":1,"attempts"')],
  ['a score with an exponent', textOf('{}').replace(/"score":[^,]*/, '"score":1e400')],
  ['a score that is a text', textOf('{}').replace(/"score":[^,]*/, '"score":"5"')],
  ['no JSON', textOf('{}').slice(0, -1)],
])('leaves %s to Letter', (_, text) => {
  expect(reader.read(Buffer.from(text))).toBe(false)
})
