import {describe, expect, it} from 'vitest'
import {readJsonStream} from '../../src/source/json-stream.ts'
import {codes, inPieces, MAX_BYTES, readAll} from './reading.ts'

const read = (text: string | Buffer, {size = MAX_BYTES, maxBytes = MAX_BYTES} = {}) =>
  readAll(readJsonStream('f', inPieces(text, size), maxBytes))

describe('readJsonStream', () => {
  it('yields the elements of an array with their own text', async () => {
    const {items, rejects} = await read('[\n {"a": 1.50},\n{"b":"],}{["}, {"c":[[],{}]} ]\n')
    expect(items).toEqual(['{"a": 1.50}', '{"b":"],}{["}', '{"c":[[],{}]}'])
    expect(rejects).toEqual([])
  })

  it('takes an object over many lines as one item', async () => {
    const text = '{\n  "points": [\n    {"a": "}\\""}\n  ]\n}'
    expect((await read(`${text}\n`)).items).toEqual([text])
    expect((await read(`${text}\n${text}{"b":1}`)).items).toEqual([text, text, '{"b":1}'])
  })

  it.each([
    ['[]', []],
    ['', []],
    ['[1,{"a":1},"x"]', ['1 SHAPE', '3 SHAPE']],
    ['[{"a":1},,{"b":2}]', ['2 JSON']],
    ['[{"a":1},]', ['2 JSON']],
    ['[,{"a":1}]', ['1 JSON']],
    ['[{"a":1} {"b":2}]', ['1 JSON']],
    ['[{"a":1}] x', ['2 JSON']],
    ['[{"a":1}', ['2 JSON']],
    ['[{"a":1},', ['2 JSON']],
    ['[{"a":1},{"b":', ['2 JSON', '3 JSON']],
    ['[{"a":"x', ['1 JSON', '2 JSON']],
    ['[{"a":1}}, {"b":2}]', ['1 JSON']],
    ['[{"a":1}}', ['1 JSON', '2 JSON']],
    ['}', ['1 JSON']],
    ['{"a":1', ['1 JSON']],
  ])('refuses what is wrong in %s and nothing else', async (text, expected) => {
    for (const size of [1, 2, 3, 1000]) expect(codes(await read(text, {size}))).toEqual(expected)
  })

  it('refuses an overlong element without holding it, and goes on', async () => {
    const long = `{"a":"${'"]},'.replaceAll('"', '\\"').repeat(4000)}"}`
    for (const size of [1, 100, 4097, MAX_BYTES]) {
      const all = await read(`[{"a":1},${long},{"b":2}]`, {size, maxBytes: 8000})
      expect(all.items).toEqual(['{"a":1}', '{"b":2}'])
      expect(codes(all)).toEqual(['2 SIZE'])
      expect(all.rejects[0].bytes.length).toBe(4096)
      expect(all.rejects[0].message).toContain(`is ${long.length} bytes`)
    }
  })

  it('reads the same from pieces of any size', async () => {
    const text = '\ufeff[{"ä":"\\\\"},{"b":"\\"😀"}, {"c": [1, {"d": "]"}]} , 5]'
    const whole = await read(text)
    expect(whole.items).toHaveLength(3)
    for (let size = 1; size < 30; size++) {
      const {items, rejects} = await read(text, {size})
      expect({items, rejects}).toEqual({items: whole.items, rejects: whole.rejects})
    }
  })

  it('hands out rejects in small batches, however many there are', async () => {
    const all = await read(`[${'1,'.repeat(20_000)}{"a":1}]`)
    expect(all.rejects).toHaveLength(20_000)
    expect(all.items).toEqual(['{"a":1}'])
    expect(all.largestBatch).toBeLessThanOrEqual(1000)
  })
})
