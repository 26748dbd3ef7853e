import {describe, expect, it} from 'vitest'
import {MAX_ITEM_BYTES} from '../../src/json/item.ts'
import {synthesize} from '../../src/sample/synthetic.ts'
import {readCsv} from '../../src/source/csv.ts'
import {readNdjson} from '../../src/source/ndjson.ts'
import {skipFirst} from '../../src/source/skip.ts'
import type {Source} from '../../src/source/source.ts'

const LINES = Array.from({length: 50}, (_, i) => (i % 3 === 1 ? `bad ${i}` : `{"a":${i}}`))

async function* inParts(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size))
}

/** Items and the lines of rejects, in no order among each other. */
async function read(source: Source): Promise<{items: string[]; lines: number[]}> {
  const all = {items: [] as string[], lines: [] as number[]}
  for await (const {bytes, count, starts, ends, rejects} of source) {
    for (let i = 0; i < count; i++) all.items.push(bytes.toString('utf8', starts[i], ends[i]))
    all.lines.push(...rejects.map(({line}) => line))
  }
  return all
}

describe.each([7, 64, 10_000])('in parts of %i bytes', (size) => {
  it.each([0, 1, 2, 17, 49, 50, 60])('leaves out the first %i records, good or bad', async (skip) => {
    const skipped: number[] = []
    const source = readNdjson('f', inParts(LINES.join('\n'), size), MAX_ITEM_BYTES)
    const {items, lines} = await read(skipFirst(source, skip, (_, records) => skipped.push(records)))
    expect(items).toEqual(LINES.slice(skip).filter((line) => line.startsWith('{')))
    expect(lines).toEqual(LINES.flatMap((line, i) => (i >= skip && line.startsWith('bad') ? i + 1 : [])))
    expect(skipped.reduce((sum, n) => sum + n, 0)).toBe(Math.min(skip, 50))
  })
})

it('keeps the header of a table, and counts its rows', async () => {
  const rows = ['a,b', ...Array.from({length: 9}, (_, i) => (i === 4 ? '1,2,3' : `${i},x`))]
  const csv = () => readCsv('f', inParts(rows.join('\n'), 10), MAX_ITEM_BYTES)
  const all = await read(csv())
  expect(all.lines).toEqual([6])
  expect((await read(skipFirst(csv(), 3, () => {}))).items).toEqual(all.items.slice(3))
  expect(await read(skipFirst(csv(), 5, () => {}))).toEqual({items: all.items.slice(4), lines: []})
})

it('announces the flights of what it leaves out', async () => {
  const options = {count: 3000, seed: 7, invalid: 0, maxBytes: MAX_ITEM_BYTES}
  const flights = async (source: Source) => {
    let count = 0
    for await (const batch of source) count += batch.flights.length
    return count
  }
  expect(await flights(skipFirst(synthesize(options), 2500, () => {}))).toBe(
    await flights(synthesize(options)),
  )
})
