import {deflateSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'
import {Items} from '../../../src/record/items.ts'
import {readItems} from '../../../src/record/payload/read-items.ts'

const options = {kind: 'rq' as const, records: 'points', maxBytes: 1024 * 1024}

/** What is read of a job with this pickle, written in Latin-1. */
function read(pickle: string): string {
  const data = deflateSync(Buffer.from(pickle, 'latin1'))
  const {texts, faults} = readItems(Items.from([Buffer.from('id')]), options, [[data, null]])
  const fault = faults.get(0)
  return fault ? `${fault.code}: ${fault.message}` : texts.bytes.toString()
}

/** A call of RQ with this value as its only argument. */
const call = (value: string) => read(`(S'f'\nN(${value}t(dt.`)

describe('a hostile pickle', () => {
  it('runs nothing: a call is named', () => {
    expect(call("cos\nsystem\n(S'touch /tmp/hacked'\ntR")).toBe(
      'JOB: the arguments contain an object of os.system, which JSON does not have',
    )
    expect(call('(ios\nsystem\n')).toBe(
      'JOB: the arguments contain an object of os.system, which JSON does not have',
    )
  })

  it('that holds itself is refused', () => {
    expect(call('(lp0\ng0\na')).toBe('DEPTH: the pickle is nested deeper than 64 levels')
  })

  it('that grows without a value in it is refused', () => {
    const ten = (level: number) => `(${`g${level}\n`.repeat(10)}lp${level + 1}\n`
    const grown = Array.from({length: 8}, (_, level) => `${ten(level)}0`).join('')
    expect(call(`(lp0\n0${grown}g8\n`)).toBe(
      'SIZE: the pickle is more than the limit of 1048576 bytes as JSON',
    )
  })

  it('with a character that there is not is refused', () => {
    expect(call("(dS'a'\nV\\U00110000\ns")).toBe('JOB: the pickle is broken')
  })

  it('whose lengths lead beyond its end, or that takes what is not there, is refused', () => {
    expect(read('\x80\x05\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.')).toBe('JOB: the pickle is cut off')
    expect(read('0.')).toBe('JOB: the pickle is broken')
    expect(read('g5\n.')).toBe('JOB: the pickle is broken')
    expect(read('\xff.')).toBe('JOB: the pickle has the unknown opcode 0xff')
  })
})

describe('plain data of protocol 0', () => {
  it.each([
    ["(dS'n'\nI5\nsS'm'\nL-12345678901234567890L\ns", '{"n":5,"m":-12345678901234567890}'],
    ["(dS'yes'\nI01\nsS'no'\nI00\nsS'none'\nNs", '{"yes":true,"no":false,"none":null}'],
    ["(dS'f'\nF1e+100\nsS'g'\nF-0.5\ns", '{"f":1e+100,"g":-0.5}'],
    ["(dS'quoted \\'\\x41\\n'\nVa\\u00e9\\U0001f6e9\ns", '{"quoted \'A\\n":"aé🛩"}'],
    ["(dS'list'\n(lI1\naI2\nas", '{"list":[1,2]}'],
  ])('is read: %j', (value, expected) => {
    expect(call(value)).toBe(expected)
  })
})

it('a job that is much larger than its limit is not even looked at', () => {
  const item = Buffer.alloc(400, '[')
  const {faults} = readItems(Items.from([item]), {...options, kind: 'celery', maxBytes: 100})
  expect(faults.get(0)).toMatchObject({
    code: 'SIZE',
    message: 'the job is larger than the limit of 100 bytes',
  })
})
