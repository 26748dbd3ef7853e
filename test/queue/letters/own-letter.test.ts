import {describe, expect, it} from 'vitest'
import {deadLetterText, type PastFailure} from '../../../src/queue/letters/dead-letter.ts'
import {historyText} from '../../../src/queue/letters/history.ts'
import {Letter} from '../../../src/queue/letters/letter.ts'
import {OwnLetterReader} from '../../../src/queue/letters/own-letter.ts'
import type {Cause} from '../../../src/record/cause.ts'

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

const past = [{failedAt: null, reason: 'poison', code: null, message: null}]

it.each([
  ['a letter with a history', textOf('{}', {}, past)],
  ['an envelope of the service', '{"points":[{}],"reason":"r"}'],
  ['a payload in base64', textOf(Buffer.from([0x7b, 0xff]))],
  ['an escape by number', textOf('{"a":"\u0001"}')],
  ['a letter with blanks', textOf('{"a":1}').replace('"score":', '"score": ')],
  ['a field of its own', textOf('{}').replace('"queue"', '"more":1,"queue"')],
  ['a field twice', textOf('{}').replace('"attempts"', '"attempts":1,"attempts"')],
  ['a score with an exponent', textOf('{}').replace(/"score":[^,]*/, '"score":1e400')],
  ['a score that is a text', textOf('{}').replace(/"score":[^,]*/, '"score":"5"')],
  ['no JSON', textOf('{}').slice(0, -1)],
])('leaves %s to Letter', (_, text) => {
  expect(reader.read(Buffer.from(text))).toBe(false)
})

describe('a letter that another program wrote', () => {
  const lease = '3f1a52e6-7f0e-4a3d-9b3c-0d3a6a3c1e11~7'
  const old = (id: string) =>
    `{"id":"${id}","queue":"q","reason":"invalid","code":"22P02","message":"m","failed_at":"t","attempts":1,"score":5,"payload":"{}"}`
  const isOwn = (text: string | Buffer) => new Letter(Buffer.from(text), 1.7e12).isOwn

  it('is told from ours by the exact form, and keeps every byte', () => {
    for (const text of [
      '{"id":"1","payload":"{}"}',
      `{"id":"${lease}:1","payload":"{}"}`,
      '{"qtool":1,"id":"1","payload":"{}"}',
      textOf('{}').replace('{"qtool":1,', '{"qtool":2,'),
      textOf('{}').replace('{"qtool":1,', '{"qtool": 1, '),
      textOf('{}').replace('"attempts":1,', '"attempts":1,"attempts":1,'),
      textOf('{}').replace('"attempts":1', '"attempts":"1"'),
      textOf('{}').replace('"payload":"{}"', '"payload":"{}","payloadBase64":"e30="'),
      textOf('{}').replace(',"payload":"{}"', ''),
      textOf('{}').replace('}"}', '}"} '),
      old('lease:1'),
      old(`${lease}:1`).replace('"code":"22P02",', ''),
      old(`${lease}:1`).replace('"queue"', '"more":1,"queue"'),
    ]) {
      expect(isOwn(text), text).toBe(false)
      expect(reader.read(Buffer.from(text)), text).toBe(false)
      expect(new Letter(Buffer.from(text), 1.7e12).item.toString()).toBe(text)
    }
  })

  it('is not one with our full field set and the id of a lease, which is from before the mark', () => {
    for (const id of [`${lease}:1`, `${lease}.1.2:0`, `${lease}.f1:12`, `${lease.slice(0, 36)}:3`]) {
      expect(isOwn(old(id)), id).toBe(true)
      expect(new Letter(Buffer.from(old(id)), 1.7e12).item.toString()).toBe('{}')
    }
  })

  it('is every text with one byte less or one more, unless only a value differs', () => {
    const text = textOf('{"a":"b c"}', {detail: 'd', column: 'c', constraint: 'k'})
    const keys = Object.keys(JSON.parse(text))
    // Independent of the reader: parsing and writing it again gives the same text with the same keys
    const hasForm = (one: string) => {
      try {
        const parsed = JSON.parse(one)
        return (
          JSON.stringify(parsed) === one &&
          JSON.stringify(Object.keys(parsed)) === JSON.stringify(keys) &&
          parsed.qtool === 1
        )
      } catch {
        return false
      }
    }
    const wrong: string[] = []
    for (let at = 0; at < text.length; at++) {
      const texts = [
        text.slice(0, at) + text.slice(at + 1),
        `${text.slice(0, at)}${text[at]}${text.slice(at)}`,
        `${text.slice(0, at)} ${text.slice(at)}`,
      ]
      // A name with another spelling is another field, even for optional fields
      wrong.push(...texts.filter((one) => isOwn(one) !== hasForm(one)))
    }
    expect(wrong).toEqual([])
  })
})
