import {describe, expect, it} from 'vitest'
import {readCsv} from '../../src/source/csv.ts'
import {codes, inPieces, MAX_BYTES, readAll} from './reading.ts'

const read = (text: string | Buffer, {size = MAX_BYTES, maxBytes = MAX_BYTES} = {}) =>
  readAll(readCsv('f.csv', inPieces(text, size), maxBytes))
const records = async (text: string) => (await read(text)).items.map((item) => JSON.parse(item))

it.each([',', ';', '\t', '|'])(
  'passes over rows of nothing but %j, as it does over blank lines',
  async (d) => {
    const blank = d.repeat(2)
    const text = `a${d}b${d}c\n${blank}\r\n1${d}${d}2\n${blank}\n${d}\n${d}${d}3\n${blank}`
    const {items, rejects} = await read(text)
    expect(items).toEqual(['{"a":1,"c":2}', '{"c":3}'])
    expect(rejects).toEqual([])
  },
)

it('does not take a row with a blank in a cell for a blank row', async () => {
  expect((await read('a,b\n, \n')).items).toEqual(['{"b":" "}'])
})

describe('a header', () => {
  it.each<[string, string, Array<Record<string, unknown>>]>([
    [
      'with a comma at its end, as its rows have',
      'a,b,\n1,2,\n3,4,\n',
      [
        {a: 1, b: 2},
        {a: 3, b: 4},
      ],
    ],
    ['with a comma at its end, which its rows have not', 'a,b,\n1,2\n', [{a: 1, b: 2}]],
    [
      'without the comma that ends its rows',
      'a,b\n1,2,\n3,4,,\n',
      [
        {a: 1, b: 2},
        {a: 3, b: 4},
      ],
    ],
    [
      'with a column without a name, blank in every row',
      'a,,b\n1,,2\n3, ,4\n',
      [
        {a: 1, b: 2},
        {a: 3, b: 4},
      ],
    ],
    ['with blanks behind its commas', 'a, b,\tc d \n1,2,3\n', [{a: 1, b: 2, 'c d': 3}]],
    ['with blanks before its quotes', 'a, "b, c", "d"\n1,2,3\n', [{a: 1, 'b, c': 2, d: 3}]],
    ['behind a sep line', 'sep=;\na,x;b\n1;2\n', [{'a,x': 1, b: 2}]],
    ['behind a quoted sep line and a byte order mark', '\ufeff"sep=|"\r\na|b\r\n1|2\r\n', [{a: 1, b: 2}]],
    ['behind a sep line with a tab', 'SEP=\t\na\tb\n1\t2\n', [{a: 1, b: 2}]],
    ['with bars', 'a|b\n1|"x|y"\n', [{a: 1, b: 'x|y'}]],
    ['with a line break in a quoted name', '"speed\n(km/h)",b\n1,2\n', [{'speed (km/h)': 1, b: 2}]],
    ['with a line break in the last name', 'a;"speed\r\n (km/h)"\r\n1;2\r\n', [{a: 1, 'speed (km/h)': 2}]],
    ['with quotes around every name', '"a","b"\n"1","2"\n', [{a: 1, b: 2}]],
  ])('%s names the keys', async (_, text, wanted) => {
    expect(await records(text)).toEqual(wanted)
    for (const size of [1, 3])
      expect((await read(text, {size})).items.map((item) => JSON.parse(item))).toEqual(wanted)
  })

  it('rejects a row with a value in a column without a name, or with a cell too few or too many', async () => {
    const all = await read('a,,b,\n1,x,2,\n3,,4,y\n5,\n6,,7,,z\n8,,9,\n')
    expect(all.items.map((item) => JSON.parse(item))).toEqual([{a: 8, b: 9}])
    expect(codes(all)).toEqual(['2 FORMAT', '3 FORMAT', '4 FORMAT', '5 FORMAT'])
  })

  it.each([
    '<!DOCTYPE html>\n<html>\n',
    '{"a":1}\n{"a":2}\n',
    '[{"a":1,"b":2}]\n',
    ' [\n1,2\n',
    'a,b,a\n1,2,3\n',
    'a\0b\n1\n',
    '"a,b\n1,2\n',
  ])('that is none is an error that shows it: %j', async (text) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'FORMAT',
      kind: 'usage',
      message: expect.stringContaining('f.csv'),
    })
  })
})

describe('a quoted cell of more than the limit', () => {
  const inner = '5,6\n7,8\n'.repeat(1000)

  it.each([
    ['of many lines', `x${inner}y`],
    ['of one line', 'z'.repeat(9000)],
    ['whose first line is too long by itself', `${'z'.repeat(9000)}\n${inner}`],
    ['whose last line is too long by itself', `${inner}${'z'.repeat(9000)}`],
    ['with quotes in it', `${'a ""b"" \n5,6\n'.repeat(900)}`],
    ['with a quote in the part that is not kept', `${'z'.repeat(8000)}""${'z'.repeat(1000)}\n5,6\n`],
  ])('%s is one reject, and the row behind it is good', async (_, cell) => {
    const text = `a,b\n1,2\n3,"${cell}"\n9,10\n`
    for (const size of [1000, 4096, 5001, MAX_BYTES]) {
      const all = await read(text, {size, maxBytes: 5000})
      expect(all.items).toEqual(['{"a":1,"b":2}', '{"a":9,"b":10}'])
      expect(codes(all)).toEqual(['3 SIZE'])
      expect(all.rejects[0].message).toContain(`is ${Buffer.byteLength(`3,"${cell}"`)} bytes`)
      expect(all.rejects[0].bytes.toString()).toBe(`3,"${cell}"`.slice(0, 4096))
    }
  })

  it('whose quote is never closed costs its first line alone', async () => {
    const all = await read(`a,b\n3,"x\n${inner}`, {size: 700, maxBytes: 5000})
    expect(all.items).toHaveLength(2000)
    expect(codes(all)).toEqual(['2 FORMAT'])
  })

  it('whose quote goes wrong costs its first line and the one with the wrong quote', async () => {
    const all = await read(`a,b\n3,"x\n${inner}1,y"z\n9,10\n`, {size: 700, maxBytes: 5000})
    expect(all.items).toHaveLength(2001)
    expect(codes(all)).toEqual(['2 FORMAT', '2003 FORMAT'])
  })

  it('whose end is too far away to hold what is between is an error, behind the rows that came', async () => {
    let rows = 0
    const reading = async () => {
      const text = `a,b\n1,2\n3,"x\n${inner.repeat(20)}`
      for await (const {count} of readCsv('f.csv', inPieces(text, 5000), 5000)) rows += count
    }
    await expect(reading()).rejects.toMatchObject({
      code: 'FORMAT',
      message: 'line 3 of f.csv has a quote that is not closed within 80000 bytes; nothing after it was read',
    })
    expect(rows).toBe(1)
  })
})
