import {describe, expect, it} from 'vitest'
import {readCsv} from '../../src/source/csv.ts'
import {readGpx} from '../../src/source/gpx.ts'
import {readIgc} from '../../src/source/igc.ts'
import {readJsonStream} from '../../src/source/json-stream.ts'
import {readNdjson} from '../../src/source/ndjson.ts'
import type {Chunks, Source} from '../../src/source/source.ts'
import {inPieces, MAX_BYTES, readAll} from './reading.ts'

type Reader = (name: string, chunks: Chunks, maxBytes: number) => Source

/** Lines of each format: a header, good records, and one in the middle that is rejected. */
const FILES: Array<[string, Reader, string[], (i: number) => string, string]> = [
  ['NDJSON', readNdjson, [], (i) => `{"a":${i}}`, '{"b":'],
  ['JSON objects', readJsonStream, [], (i) => `{"a":${i}}`, 'bad'],
  ['CSV', readCsv, ['a,b'], (i) => `${i},"x ""y"""`, '1,2,3'],
  ['IGC', readIgc, ['AXYZabc', 'HFDTE010203'], (i) => `B1015${10 + i}4730000N01015000EA0100001100`, 'B12'],
  [
    'GPX',
    readGpx,
    ['<?xml version="1.0"?>', '<gpx>', '<trk><trkseg>'],
    (i) => `<trkpt lat="1.${i}" lon="2"><time>2019-05-01T04:31:${10 + i}Z</time></trkpt>`,
    '<trkpt lat="91" lon="2"/>',
  ],
]

const ENDINGS: Array<[string, (i: number) => string]> = [
  ['CR', () => '\r'],
  ['CR LF', () => '\r\n'],
  ['CR CR LF', () => '\r\r\n'],
  ['LF and CR in turns', (i) => (i % 2 === 0 ? '\n' : '\r')],
  ['all of them', (i) => ['\r\n', '\r', '\n', '\r\r\n', '\r\r', '\n\r\n', '\r\r\r\n'][i % 7]],
]

/** Lines before the one that is rejected, counted by one pattern over the whole text. */
function lineOf(text: string, bad: string): number {
  return [...text.slice(0, text.lastIndexOf(bad)).matchAll(/\r?\r?\n|\r/g)].length + 1
}

describe.each(FILES)('%s', (name, reader, head, record, bad) => {
  const lines = [...head, ...Array.from({length: 20}, (_, i) => record(i)), bad, record(20), record(21)]
  const tail = name === 'GPX' ? ['</trkseg></trk></gpx>'] : []
  const read = (text: string, size: number) => readAll(reader('f', inPieces(text, size), MAX_BYTES))

  it.each(ENDINGS)(
    'reads the same records and finds the same fault where lines end in %s',
    async (_, ending) => {
      const plain = await read([...lines, ...tail, ''].join('\n'), MAX_BYTES)
      expect(plain.items).toHaveLength(22)
      const text = [...lines, ...tail].map((line, i) => line + ending(i)).join('')
      for (const size of [1, 2, 3, 7, 64, MAX_BYTES]) {
        const all = await read(text, size)
        expect(all.items).toEqual(plain.items)
        expect(all.items.join('')).not.toContain('\r')
        expect(all.rejects.map(({code}) => code)).toEqual(plain.rejects.map(({code}) => code))
        if (name === 'NDJSON' || name === 'CSV' || name === 'IGC') {
          expect(all.rejects.map(({line, bytes}) => [line, bytes.toString()])).toEqual([
            [lineOf(text, bad), bad],
          ])
        }
      }
    },
  )
})

it('keeps the bytes of line ends inside a quoted cell', async () => {
  for (const end of ['\n', '\r', '\r\n', '\r\r\n', '\r\r', '\n\r']) {
    for (const size of [1, 2, 5, MAX_BYTES]) {
      const {items} = await readAll(readCsv('f', inPieces(`a,b\r1,"x${end}y"\r2,z\r`, size), MAX_BYTES))
      expect(items.map((item) => JSON.parse(item))).toEqual([
        {a: 1, b: `x${end}y`},
        {a: 2, b: 'z'},
      ])
    }
  }
})

it.each(['\r', '\r\n', '\r\r\n', '\n'])('rejects an overlong line that ends in %j alone', async (end) => {
  const long = 'x'.repeat(3000)
  for (const size of [1, 999, 1000, 1001, 3001, 3002, MAX_BYTES]) {
    const ndjson = await readAll(
      readNdjson('f', inPieces(`{"a":1}${end}{"a":"${long}"}${end}{"a":2}${end}`, size), 1000),
    )
    expect(ndjson.items).toEqual(['{"a":1}', '{"a":2}'])
    expect(ndjson.rejects.map(({line, code}) => [line, code])).toEqual([[2, 'SIZE']])
    const csv = await readAll(readCsv('f', inPieces(`a${end}1${end}${long}${end}2${end}`, size), 1000))
    expect(csv.items).toEqual(['{"a":1}', '{"a":2}'])
    expect(csv.rejects.map(({line, code}) => [line, code])).toEqual([[3, 'SIZE']])
  }
})

it('holds a file of nothing but CRs in bounded memory', async () => {
  let longest = 0
  async function* endless(): Chunks {
    for (let i = 0; i < 300; i++) {
      yield Buffer.alloc(256 * 1024, '\r')
      longest = Math.max(longest, process.memoryUsage().arrayBuffers)
    }
    yield Buffer.from('{"a":1}')
  }
  const before = process.memoryUsage().arrayBuffers
  expect((await readAll(readNdjson('f', endless(), MAX_BYTES))).items).toEqual(['{"a":1}'])
  expect(longest - before).toBeLessThan(60 * 1024 * 1024)
})
