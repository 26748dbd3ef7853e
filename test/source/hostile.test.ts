import {describe, expect, it} from 'vitest'
import {readCsv} from '../../src/source/csv.ts'
import {readGpx} from '../../src/source/gpx.ts'
import {readIgc} from '../../src/source/igc.ts'
import {readJsonStream} from '../../src/source/json-stream.ts'
import {readNdjson} from '../../src/source/ndjson.ts'
import {CORPUS} from '../support/corpus.ts'
import {isItem} from '../support/second-reader.ts'
import {inPieces, MAX_BYTES, readAll, readTrack} from './reading.ts'

/** A small seeded generator, so that a failure can be repeated. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const FIRST = '{"first":true}\n'
const LAST = '\n{"last":true}\n'

describe('the corpus of hostile lines', () => {
  it.each(CORPUS.map((entry) => ({...entry, size: entry.line.length})))(
    'line $id is $verdict at the door as it should be, and costs no other line',
    async ({line, verdict, code, id}) => {
      // A byte order mark counts as one only on the first line
      const lead = id === 15 ? '' : FIRST
      const bytes = Buffer.concat([Buffer.from(lead), line, Buffer.from(LAST)])
      const all = await readAll(readNdjson('f', inPieces(bytes, 65_536), MAX_BYTES))
      expect(all.rejects.map((reject) => reject.code)).toEqual(verdict === 'refused' ? [code] : [])
      expect(all.items.at(-1)).toBe('{"last":true}')
      const rest = id === 15 ? line.subarray(3) : line
      if (verdict !== 'refused') expect(all.items.at(-2)).toBe(rest.toString())
      else expect(all.rejects[0].bytes).toEqual(line.length > MAX_BYTES ? line.subarray(0, 4096) : line)
    },
  )

  it('mutated at every byte ends as what a second reader calls an item, or as a reject with its bytes', async () => {
    const random = seeded(20)
    for (const {line, verdict} of CORPUS) {
      if (verdict !== 'stored' || line.length > 1000) continue
      for (let at = 0; at < line.length; at++) {
        const flipped = Buffer.from(line)
        flipped[at] ^= 1 << random(8)
        const doubled = Buffer.concat([
          line.subarray(0, at),
          line.subarray(at, at + 1 + random(9)),
          line.subarray(at),
        ])
        for (const bytes of [flipped, doubled, line.subarray(0, at)]) await expectJudged(bytes)
      }
    }
  })
})

/** Checks that every byte of a text comes back, as items that JSON.parse reads or as rejects. */
async function expectJudged(bytes: Buffer): Promise<void> {
  const {items, rejects} = await readAll(readNdjson('f', inPieces(bytes), MAX_BYTES))
  for (const item of items) expect(isItem(Buffer.from(item))).toBe(true)
  // A reject may be a piece of a longer line, but is never a whole item
  for (const reject of rejects) expect(isItem(reject.bytes)).toBe(false)
  const kept = [...items.map((item) => Buffer.from(item)), ...rejects.map((reject) => reject.bytes)]
  const sizes = kept.reduce((sum, piece) => sum + piece.length, 0)
  // Only line ends, blank lines and a byte order mark are left out
  expect(bytes.length - sizes).toBeLessThanOrEqual(3 + bytes.filter((byte) => byte <= 0x20).length)
}

describe('mutated files', () => {
  const readers = [
    ['xctrack-2022-no-baro.igc', readIgc],
    ['short-tracks-no-elevation.gpx', readGpx],
    ['garmin-edge-2011-records.csv', readCsv],
  ] as const

  it.each(readers)('%s: never crash a reader, and every item stays sound', async (name, read) => {
    const random = seeded(7)
    const whole = (await readTrack(name)).subarray(0, 20_000)
    for (let round = 0; round < 150; round++) {
      const bytes = Buffer.from(whole.subarray(0, random(4) === 0 ? random(whole.length) : whole.length))
      for (let i = random(20); i >= 0 && bytes.length > 0; i--) bytes[random(bytes.length)] = random(256)
      const {items} = await readAll(read('f', inPieces(bytes, 1 + random(5000)), MAX_BYTES)).catch(
        (error) => {
          if (error.code !== 'FORMAT') throw error
          return {items: []}
        },
      )
      for (const item of items) expect(isItem(Buffer.from(item))).toBe(true)
    }
  })

  it('a JSON array: every item is sound and nothing hangs', async () => {
    const random = seeded(9)
    const whole = Buffer.from(
      JSON.stringify(Array.from({length: 50}, (_, i) => ({i, text: '"[{é', list: [i, {}]}))),
    )
    for (let round = 0; round < 500; round++) {
      const bytes = Buffer.from(whole.subarray(0, random(3) === 0 ? random(whole.length) : whole.length))
      for (let i = random(5); i >= 0 && bytes.length > 0; i--) bytes[random(bytes.length)] = random(256)
      const all = await readAll(readJsonStream('f', inPieces(bytes, 1 + random(500)), MAX_BYTES))
      for (const item of all.items) expect(isItem(Buffer.from(item))).toBe(true)
    }
  })
})
