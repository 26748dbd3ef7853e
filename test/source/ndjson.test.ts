import {describe, expect, it} from 'vitest'
import {readNdjson} from '../../src/source/ndjson.ts'
import {SHOWN_BYTES} from '../../src/source/source.ts'
import {codes, inPieces, MAX_BYTES, readAll} from './reading.ts'

const read = (text: string | Buffer, {size = MAX_BYTES, maxBytes = MAX_BYTES} = {}) =>
  readAll(readNdjson('f', inPieces(text, size), maxBytes))

describe('readNdjson', () => {
  it('yields each line as it stands, the last one also without a newline', async () => {
    const {items, rejects} = await read('{"a":1}\n{ "b" : 9007199254740993 }\n{"c":1e400}')
    expect(items).toEqual(['{"a":1}', '{ "b" : 9007199254740993 }', '{"c":1e400}'])
    expect(rejects).toEqual([])
  })

  it('passes over blank lines and CR, and still counts lines', async () => {
    const all = await read('{"a":1}\r\n\r\n \t\n{"b":2}\r\nbad\r\n')
    expect(all.items).toEqual(['{"a":1}', '{"b":2}'])
    expect(codes(all)).toEqual(['5 JSON'])
    expect(all.rejects[0]).toMatchObject({source: 'f', bytes: Buffer.from('bad')})
  })

  it('takes a byte order mark off the first line only', async () => {
    const all = await read('\ufeff{"a":1}\n\ufeff{"b":2}\n')
    expect(all.items).toEqual(['{"a":1}'])
    expect(codes(all)).toEqual(['2 JSON'])
  })

  it('refuses a line that is not UTF-8 and keeps its neighbours and its bytes', async () => {
    const bad = Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d])
    const all = await read(Buffer.concat([Buffer.from('{"ä":1}\n'), bad, Buffer.from('\n{"b":"😀"}\n')]))
    expect(all.items).toEqual(['{"ä":1}', '{"b":"😀"}'])
    expect(codes(all)).toEqual(['2 UTF8'])
    expect(all.rejects[0].bytes).toEqual(bad)
  })

  it.each([1, 2, 7, 64, MAX_BYTES])(
    'refuses overlong lines in pieces of %d and goes on behind them',
    async (size) => {
      const long = `{"a":"${'x'.repeat(9000)}"}`
      const all = await read(`{"a":1}\n${long}\n{"b":2}\n${long}\n{"c":3}\n${long}`, {size, maxBytes: 5000})
      expect(all.items).toEqual(['{"a":1}', '{"b":2}', '{"c":3}'])
      expect(codes(all)).toEqual(['2 SIZE', '4 SIZE', '6 SIZE'])
      for (const {bytes, message} of all.rejects) {
        expect(bytes.toString()).toBe(long.slice(0, SHOWN_BYTES))
        expect(message).toBe('is 9008 bytes, more than the limit of 5000')
      }
    },
  )

  it('accepts a line of exactly the limit, with CR and byte order mark around it', async () => {
    const line = `{"a":"${'x'.repeat(92)}"}`
    for (const size of [1, 33, 1000]) {
      expect((await read(`\ufeff${line}\r\n`, {size, maxBytes: 100})).items).toEqual([line])
      expect(codes(await read(`x${line}`, {size, maxBytes: 100}))).toEqual(['1 SIZE'])
    }
  })

  it('reads the same from pieces of any size', async () => {
    const text = '\ufeff{"a":1}\r\n\n[1]\n{"ä":"😀"}\n{"b":\n"x"\r\n{"c":3}'
    const whole = await read(text)
    expect(whole.items).toHaveLength(3)
    for (let size = 1; size < 30; size++) {
      const {items, rejects} = await read(text, {size})
      expect({items, rejects}).toEqual({items: whole.items, rejects: whole.rejects})
    }
  })

  it('hands out rejects in small batches, however many there are', async () => {
    const all = await read('x\n'.repeat(50_000))
    expect(all.rejects).toHaveLength(50_000)
    expect(all.rejects.at(-1)?.line).toBe(50_000)
    expect(all.largestBatch).toBeLessThanOrEqual(1000)
  })

  it('yields nothing for nothing', async () => {
    expect(await read('')).toMatchObject({items: [], rejects: []})
    expect(await read('\n\r\n \n')).toMatchObject({items: [], rejects: []})
  })
})
