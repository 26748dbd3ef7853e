import {execFileSync} from 'node:child_process'
import {randomUUID} from 'node:crypto'
import {crc32 as zlibCrc32} from 'node:zlib'
import {describe, expect, it} from 'vitest'
import {crc32} from '../../../src/queue/shards/crc32.ts'
import {shardOf} from '../../../src/queue/shards/placement.ts'

/** Where the example for producers in Python puts each item. */
function inPython(items: string[], shards: number, by: string): number[] {
  const args = ['examples/shards.py', 'place', '--shards', String(shards), ...(by === '' ? [] : ['--by', by])]
  const text = execFileSync('python3', args, {input: `${items.join('\n')}\n`, encoding: 'utf8'})
  return text.trim().split('\n').map(Number)
}

const inQtool = (items: string[], shards: number, by: string) =>
  items.map((item) => shardOf(Buffer.from(item), {shards, by: by === '' ? undefined : by.split('.')}))

const VALUES = [
  ...[
    '"a"',
    '""',
    '"7"',
    '7',
    '7.0',
    '7e0',
    '-0',
    '0',
    '1e400',
    '9007199254740993',
    '0.1000',
    'true',
    'false',
  ],
  ...['null', '{}', '{"a":1}', '[]', '[1]', '"é"', '"\\u00e9"', '"\\u00E9"', '"e\\u0301"', '"日本"', '"😀"'],
  ...[
    '"\\ud83d\\ude00"',
    '"\\""',
    '"\\\\"',
    '"\\/"',
    '"/"',
    '"\\n\\t\\b\\f\\r"',
    '" a "',
    '"\\u0041"',
    '"A"',
  ],
  ...['"true"', '"null"', '123456789012345678901234567890', '1.7976931348623157e309', '-12.50'],
]

const ITEMS = [
  ...VALUES.flatMap((value) => [
    `{"k":${value}}`,
    `{ "x" : 1 , "k" : ${value} , "y" : [ ] }`,
    `{"k":"first","k":${value}}`,
    `{"\\u006b":${value}}`,
    `{"o":{"k":${value}}}`,
    `{"k":{"k":${value}}}`,
  ]),
  ...[
    '',
    ' ',
    'no json',
    '{"k":',
    '{"k":1}x',
    '[{"k":1}]',
    '7',
    '"k"',
    'null',
    '{"k":NaN}',
    '{"k":Infinity,"o":1}',
  ],
  ...Array.from({length: 300}, (_, i) => `{"k":"${randomUUID()}","o":{"k":${i * 1.37}}}`),
]

describe('the shard of an item', () => {
  it.each(['', 'k', 'o.k', 'k.k', 'nowhere'])('is the same in Python, by %j', (by) => {
    for (const shards of [1, 3, 256]) {
      expect(inQtool(ITEMS, shards, by)).toEqual(inPython(ITEMS, shards, by))
    }
  })

  it('is that of CRC-32 as zlib has it', () => {
    for (const item of ITEMS) expect(crc32(Buffer.from(item))).toBe(zlibCrc32(Buffer.from(item)))
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926)
  })

  it('is the same for a key however it is written, and wherever it stands', () => {
    const same = ['{"k":"é"}', '{"k":"\\u00e9"}', ' {"x":[{}],"k" : "\\u00E9" } ', '{"k":1,"k":"é"}']
    expect(new Set(inQtool(same, 256, 'k')).size).toBe(1)
    expect(new Set(inQtool(['{"k":1}', '{"k":"1"}'], 256, 'k')).size).toBe(1)
  })

  it('spreads keys evenly', () => {
    const counts = new Map<number, number>()
    for (let i = 0; i < 30_000; i++) {
      const shard = shardOf(Buffer.from(`{"k":"${randomUUID()}"}`), {shards: 3, by: ['k']})
      counts.set(shard, (counts.get(shard) ?? 0) + 1)
    }
    // 5 standard deviations of a fair spread
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(410)
  })
})
