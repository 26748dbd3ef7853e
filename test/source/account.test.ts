import {expect, it} from 'vitest'
import {load} from '../../src/producer/load.ts'
import {emptyResult} from '../../src/producer/load-options.ts'
import type {Format} from '../../src/source/formats.ts'
import {openSources} from '../../src/source/open.ts'
import type {Reject} from '../../src/source/source.ts'
import {useServers} from '../support/context.ts'
import {isItem} from '../support/second-reader.ts'
import {inPieces, MAX_BYTES, readTrack} from './reading.ts'

const context = useServers()

/** A small seeded generator, so that a failure can be repeated. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** A copy with some bytes changed; no byte is changed from or to `not`. */
function mutated(whole: Buffer, random: (below: number) => number, not: string): Buffer {
  const bytes = Buffer.from(whole.subarray(0, random(4) === 0 ? random(whole.length) : whole.length))
  for (let i = random(60); i > 0 && bytes.length > 0; i--) {
    const at = random(bytes.length)
    const to = random(3) === 0 ? 13 : random(256)
    if (!not.includes(String.fromCharCode(bytes[at])) && !not.includes(String.fromCharCode(to)))
      bytes[at] = to
  }
  return bytes
}

/** The lines, split by one pattern over the whole text; characters are bytes. */
function linesOf(bytes: Buffer): string[] {
  return bytes.toString('latin1').split(/\r?\r?\n|\r/)
}

const isBlank = (line: string) => /^[ \t]*$/.test(line)

/** Loads bytes as they might come from a pipe, and returns the counts, the rejects, and what is in the queue. */
async function loaded(bytes: Buffer, format: Format, random: (below: number) => number) {
  const {keys, engine} = context.newQueue()
  const rejects: Reject[] = []
  const result = emptyResult()
  const stdin = (await import('node:stream')).Readable.from(inPieces(bytes, 1 + random(5000)))
  const source = await openSources({files: [], stdin, format, maxBytes: MAX_BYTES})
  await load(
    engine,
    source,
    {
      mode: (['batch', 'pipeline'] as const)[random(2)],
      batch: 1 + random(500),
      priority: random(900),
      records: 'points',
      keepDuplicates: false,
      isLive: random(2) === 0,
      signal: new AbortController().signal,
      onFlights: async () => {},
      onReject: (reject) => void rejects.push(reject),
    },
    result,
  )
  const members = await context.redis.zrangeBuffer(keys.ready, '0', '-1')
  await context.redis.del(keys.ready)
  expect(result.enqueued + result.duplicates + result.rejected).toBe(result.read)
  expect(result).toMatchObject({unsent: 0, items: members.length, rejected: rejects.length})
  return {result, rejects, members}
}

it('NDJSON: every line is an item, a repeat or a reject, by the count and the judgement of another reader', async () => {
  const random = seeded(31)
  const lines = Array.from({length: 400}, (_, i) => `{"a":${i % 300},"b":"é${i % 7}"}\n`).join('')
  for (let round = 0; round < 60; round++) {
    const bytes = mutated(Buffer.from(`{"first":1}\n${lines}`), random, '')
    const wanted = linesOf(bytes).filter((line) => !isBlank(line))
    const good = wanted.filter((line) => isItem(Buffer.from(line, 'latin1')))
    const {result, rejects, members} = await loaded(bytes, 'ndjson', random)
    expect(result.read).toBe(wanted.length)
    expect(members.map((member) => member.toString('latin1')).sort()).toEqual([...new Set(good)].sort())
    expect(rejects.map((reject) => reject.bytes.toString('latin1'))).toEqual(
      wanted.filter((line) => !isItem(Buffer.from(line, 'latin1'))),
    )
  }
})

it('CSV: every row is an item, a repeat or a reject', async () => {
  const random = seeded(32)
  const rows = Array.from({length: 400}, (_, i) => `${i % 300},é${i % 7},x\n`).join('')
  for (let round = 0; round < 60; round++) {
    // The header stays intact and no quote is added, so each row is a line
    const bytes = Buffer.concat([Buffer.from('a,b,c\n'), mutated(Buffer.from(rows), random, '"')])
    const {result} = await loaded(bytes, 'csv', random)
    // A blank line holds only white space, of which Latin-1 has more than the tab and the space
    expect(result.read).toBe(
      linesOf(bytes)
        .slice(1)
        .filter((line) => line.trim() !== '').length,
    )
  }
})

it('IGC: every B record is an item, a repeat or a reject', async () => {
  const random = seeded(33)
  const whole = (await readTrack('xctrack-2022-no-baro.igc')).subarray(0, 12_000)
  for (let round = 0; round < 60; round++) {
    const bytes = Buffer.concat([Buffer.from('AXYZabc\r\n'), mutated(whole, random, '')])
    const {result} = await loaded(bytes, 'igc', random)
    expect(result.read).toBe(linesOf(bytes).filter((line) => /^[ \t]*B/.test(line)).length)
  }
})
