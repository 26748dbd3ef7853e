import {isUtf8} from 'node:buffer'
import {afterEach, beforeAll, describe, expect, it, vi} from 'vitest'
import {Items} from '../../../src/record/items.ts'
import {plainItems} from '../../../src/record/payload/read-items.ts'
import type {Table} from '../../../src/sink/catalog/table.ts'
import type {DecodedLease} from '../../../src/sink/decode/decoded.ts'
import {Decoder} from '../../../src/sink/decode/decoder.ts'
import {RowWriter} from '../../../src/sink/decode/row-writer.ts'
import {testSink, USUAL_SINK, useServers} from '../../support/context.ts'
import {CORPUS} from '../../support/corpus.ts'
import {outcomeOf} from '../../support/decoded.ts'
import {randomInt} from '../../support/seeded.ts'
import {TOKENS, textsFor} from '../../support/types/texts.ts'

const context = useServers()
let table: Table

beforeAll(async () => {
  await context.pool.query(`CREATE TYPE mood AS ENUM ('ok', 'bad');
    CREATE TABLE parent (u uuid PRIMARY KEY);
    CREATE TABLE pair (a int, b text, PRIMARY KEY (a, b));
    CREATE TABLE quick (u uuid NOT NULL REFERENCES parent, a int, b text, FOREIGN KEY (a, b) REFERENCES pair,
      big int8 NOT NULL, f float8, n numeric(8,3), yes boolean, t text, v varchar(5), m mood, ts timestamptz, l timestamp,
      d date, h time, z timetz, ip inet, given int DEFAULT 7, missing int);
    CREATE TABLE spans (id int, i interval);
    CREATE TABLE sparse (id int, ${Array.from({length: 40}, (_, i) => `c${i} int`)})`)
  table = (await testSink(context, 'quick')).table
})

afterEach(() => vi.restoreAllMocks())

const PLAIN: Record<string, string> = {
  u: '"9d2c8b1a-0000-4000-8000-00000000000a"',
  a: '-12',
  b: '"é \u{1f600}"',
  big: '123456789012345678',
  f: '-0.25',
  n: '12.5',
  yes: 'true',
  t: '"a text"',
  v: '"abc"',
  m: '"ok"',
  ts: '"2026-11-24T06:30:00.125+05:30"',
  l: '"2026-11-24 06:30:00"',
  d: '"2024-02-29"',
  h: '"06:30"',
  z: '"23:59:59+02"',
  ip: '"10.0.0.1"',
  given: '1',
}

const ODD = [
  ...new Set([
    ...TOKENS,
    ...['text', 'int4', 'float8', 'bool', 'uuid', 'timestamptz', 'date']
      .flatMap((leaf) => textsFor({leaf}))
      .map((text) => JSON.stringify(text)),
    ...'0 -0 -1 00 01 1. .5 1.0 1e5 1E-7 - +1 9999 99999999 9999999999 1234567890123456789 0.0000001'.split(
      ' ',
    ),
    ...'true false nul null tru "null" "true" "" "\\u0061" "a\\"b" "a\\tb" "‹" [] {} [1] {"a":1}'.split(' '),
    ...[
      `"${'x'.repeat(5)}"`,
      `"${'é'.repeat(3)}"`,
      '"now"',
      '"NaN"',
      '"infinity"',
      '9'.repeat(301),
      `0.${'1'.repeat(299)}`,
    ],
  ]),
]

type Members = Array<[key: string, value: string]>

const textOf = (members: Members, colon = ':', comma = ',') =>
  `{${members.map(([key, value]) => `"${key}"${colon}${value}`).join(comma)}}`

const usual = (): Members => Object.entries(PLAIN)

function decoder(options: {strict?: boolean; maxItemBytes?: number} = {}): Decoder {
  return new Decoder(table, {...USUAL_SINK, ...options})
}

function decode(one: Decoder, texts: Array<string | Buffer>): DecodedLease {
  return one.decode(plainItems(Items.from(texts.map((text) => Buffer.from(text)))), 'copy')
}

/** What becomes of a text that is decoded alone, so that nothing has been learnt before it. */
const alone = (text: string | Buffer) => outcomeOf(decode(decoder(), [text]), 0)

/** The same behind two records of a layout, which is learnt from the first of them. */
const behind = (layout: string, text: string | Buffer) =>
  outcomeOf(decode(decoder(), [layout, layout, text]), 2)

describe('a record of a known layout', () => {
  it('is written without a look at its keys', () => {
    const write = vi.spyOn(RowWriter.prototype, 'write')
    const lease = decode(
      decoder(),
      Array.from({length: 100}, () => textOf(usual())),
    )
    expect(lease.groups.size).toBe(1)
    expect([...lease.groups.values()][0].records).toHaveLength(100)
    expect(write).toHaveBeenCalledTimes(1)
  })

  it.each(Object.keys(PLAIN))('becomes what it would alone, whatever its %s is', (key) => {
    const layout = textOf(usual())
    for (const value of ODD) {
      const text = textOf(usual().map(([name, plain]) => [name, name === key ? value : plain]))
      expect(behind(layout, text), text).toEqual(alone(text))
    }
  })

  it('may be longer than an item may be', () => {
    const texts = ['x', 'x', 'x'.repeat(60)].map((t) =>
      textOf(usual().map(([k, v]) => [k, k === 't' ? `"${t}"` : v])),
    )
    const {rejections} = decode(decoder({maxItemBytes: texts[0].length + 50}), texts)
    expect(rejections.map(({record, cause}) => [record, cause.code])).toEqual([[2, 'SIZE']])
  })

  it('has room for its row, however many columns it leaves out', async () => {
    const one = new Decoder((await testSink(context, 'sparse')).table, USUAL_SINK)
    const ids = Array.from({length: 30_000}, (_, i) => i)
    const [group] = decode(
      one,
      ids.map((id) => `{"id":${id}}`),
    ).groups.values()
    const wanted = ids.map((id) => `${id}${'\t\\N'.repeat(40)}\n`).join('')
    expect(group.buffer.bytes.toString('latin1', 0, group.buffer.length) === wanted).toBe(true)
  })

  it('holds a null, or the place of one, as often as it wants', () => {
    const nulls = textOf(usual().map(([k, v]) => [k, ['u', 'big'].includes(k) ? v : 'null']))
    expect(behind(nulls, textOf(usual()))).toEqual(alone(textOf(usual())))
    expect(behind(textOf(usual()), nulls)).toEqual(alone(nulls))
  })
})

describe('a record of another layout', () => {
  const layouts: Array<[string, (members: Members) => string]> = [
    ['in another order', (members) => textOf(members.toReversed())],
    ['with spaces', (members) => textOf(members, ' : ', ', ')],
    ['with white space around it', (members) => `\n ${textOf(members)}\t`],
    ['with a key twice', (members) => textOf([...members, members[0]])],
    ['with a key twice, in other letters', (members) => textOf([...members, ['\\u0075', members[0][1]]])],
    ['with an unknown key', (members) => textOf([...members, ['other', '1']])],
    ['without a key', (members) => textOf(members.slice(0, -1))],
    ['without a foreign key', (members) => textOf(members.filter(([key]) => key !== 'b'))],
    ['with an escaped key', (members) => textOf(members.map(([k, v]) => [k === 't' ? '\\u0074' : k, v]))],
    ['in an envelope', (members) => `{"points":[${textOf(members)}]}`],
    ['with something behind it', (members) => `${textOf(members)}{}`],
    ['without its end', (members) => textOf(members).slice(0, -1)],
  ]

  it.each(layouts)('%s becomes what it would alone, and so does the next one', (_, write) => {
    const [usually, other] = [textOf(usual()), write(usual())]
    expect(behind(usually, other)).toEqual(alone(other))
    expect(behind(other, usually)).toEqual(alone(usually))
    expect(behind(other, other)).toEqual(alone(other))
  })

  it('is learnt soon, and seldom where layouts take turns', () => {
    const write = vi.spyOn(RowWriter.prototype, 'write')
    const one = decoder()
    decode(one, [...Array(50).fill(textOf(usual())), ...Array(1000).fill(textOf(usual().toReversed()))])
    expect(write.mock.calls.length).toBeLessThan(5)
    const compiled = vi.spyOn(globalThis, 'Function')
    decode(
      decoder(),
      Array.from({length: 4000}, (_, i) => textOf(usual(), ':', ','.padEnd(1 + (i % 50)))),
    )
    expect(compiled.mock.calls.length).toBeLessThan(15)
  })

  it('is not learnt where the look of a value does not say what it means', async () => {
    const spans = (await testSink(context, 'spans')).table
    const one = new Decoder(spans, USUAL_SINK)
    const lease = decode(one, ['{"id":1,"i":"1 hour"}', '{"id":2,"i":"2 hours"}', '{"id":3,"i":"infinity"}'])
    expect(lease.rejections.map(({record, cause}) => [record, cause.code])).toEqual([[2, 'NOT_FINITE']])
  })

  it('is not learnt if most of it is white space', () => {
    const texts = Array.from({length: 3}, () => textOf(usual(), ':', ','.padEnd(50_000)))
    const compiled = vi.spyOn(globalThis, 'Function')
    expect(outcomeOf(decode(decoder(), texts), 2).rows).toEqual(alone(texts[0]).rows)
    expect(compiled).not.toHaveBeenCalled()
  })

  it('counts as unknown what it would alone, and is refused as strictly', () => {
    const other = textOf([...usual(), ['other', '1']])
    const lenient = decode(decoder(), [other, other, other])
    expect(lenient.unknown).toMatchObject({count: 3, names: new Map([['other', 3]])})
    const {rejections} = decode(decoder({strict: true}), [textOf(usual()), textOf(usual()), other])
    expect(rejections.map(({record, cause}) => [record, cause.code])).toEqual([[2, 'UNKNOWN_KEY']])
  })
})

describe('random and hostile records', () => {
  const random = randomInt(20261127)
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]

  function damaged(text: string): Buffer {
    const bytes = Buffer.from(text)
    const at = random(bytes.length)
    const kind = random(4)
    if (kind === 0) return bytes.subarray(0, at)
    if (kind === 1) bytes[at] ^= 1 << random(8)
    if (kind === 2) bytes[at] = pick([0x22, 0x5c, 0x2c, 0x7d, 0x0a, 0x00, 0x20, 0xff])
    if (kind === 3) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(random(at + 1))])
    return bytes
  }

  it('become what they would alone', () => {
    for (let n = 0; n < 1500; n++) {
      const members = usual().filter(([key]) => ['u', 'big'].includes(key) || random(8) > 0)
      const layout = textOf(members)
      const varied = members.map(([key, value]): [string, string] => [
        key,
        random(20) === 0 ? pick(ODD) : value,
      ])
      const text = random(2) === 0 ? damaged(textOf(varied)) : textOf(varied)
      const [found, wanted] = [behind(layout, text), alone(text)]
      if (text.length > 0) expect(found, text.toString('latin1')).toEqual(wanted)
    }
  })

  it('do not change those around them, in one lease', () => {
    const texts = Array.from({length: 1000}, () => {
      const kind = random(6)
      if (kind === 0) return damaged(textOf(usual()))
      if (kind === 1) return pick(CORPUS).line
      if (kind === 2) return Buffer.from(textOf(usual().toReversed()))
      return Buffer.from(textOf(usual()))
    }).filter((text) => text.length > 0 && isUtf8(text))
    const write = vi.spyOn(RowWriter.prototype, 'write')
    const lease = decode(decoder(), texts)
    expect(lease.count).toBe(texts.length)
    expect(write.mock.calls.length).toBeLessThan(texts.length * 0.6)
    texts.forEach((text, i) => {
      expect(outcomeOf(lease, i), text.toString()).toEqual(alone(text))
    })
  })
})
