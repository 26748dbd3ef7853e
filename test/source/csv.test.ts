import {describe, expect, it} from 'vitest'
import {readCsv} from '../../src/source/csv.ts'
import {codes, inPieces, MAX_BYTES, readAll} from './reading.ts'

const read = (text: string | Buffer, {size = MAX_BYTES, maxBytes = MAX_BYTES} = {}) =>
  readAll(readCsv('f', inPieces(text, size), maxBytes))

describe('readCsv', () => {
  it('keeps the digits of numbers, and as text what JSON would write otherwise', async () => {
    const cells = [
      '1',
      '-0.50',
      '9007199254740993',
      '1e400',
      '007',
      '+1',
      '.5',
      '1.',
      'NaN',
      '0x10',
      ' 1',
      'true',
    ]
    const {items} = await read(`v\n${cells.join('\n')}\n`)
    expect(items.slice(0, 4)).toEqual(['{"v":1}', '{"v":-0.50}', '{"v":9007199254740993}', '{"v":1e400}'])
    expect(items.slice(4)).toEqual(cells.slice(4).map((cell) => `{"v":${JSON.stringify(cell)}}`))
  })

  it('leaves the key of an empty cell out', async () => {
    expect((await read('a,b,c\n1,,3\n,"",x\n')).items).toEqual(['{"a":1,"c":3}', '{"c":"x"}'])
  })

  it('reads quoted cells with quotes, delimiters and line ends in them', async () => {
    const text = 'a,"b ""q"", c"\r\n"x, ""y""","two\r\nlines\n"\r\n"",z\r\n'
    expect((await read(text)).items.map((item) => JSON.parse(item))).toEqual([
      {a: 'x, "y"', 'b "q", c': 'two\r\nlines\n'},
      {'b "q", c': 'z'},
    ])
  })

  it.each([',', ';', '\t'])('finds out that the delimiter is %j', async (d) => {
    const text = `a${d}b${d}"c,;\tx"\n1${d}x${d}"y${d}z"\n`
    expect((await read(text)).items.map((item) => JSON.parse(item))).toEqual([
      {a: 1, b: 'x', 'c,;\tx': `y${d}z`},
    ])
  })

  it('refuses a bad row with its line number and exact bytes, and goes on', async () => {
    const text = Buffer.concat([
      Buffer.from('\n\ufeff'.slice(1)),
      Buffer.from('a,b\n1,2\n"two\nlines",3\n4\n5,6,7\nx"y,8\n"x"y,9\n\n10,'),
      Buffer.from([0xff]),
      Buffer.from('\nü,é\n11,"\0"\n12,13'),
    ])
    const all = await read(text)
    expect(all.items).toEqual([
      '{"a":1,"b":2}',
      '{"a":"two\\nlines","b":3}',
      '{"a":"ü","b":"é"}',
      '{"a":12,"b":13}',
    ])
    expect(codes(all)).toEqual(['5 FORMAT', '6 FORMAT', '7 FORMAT', '8 FORMAT', '10 UTF8', '12 NUL'])
    expect(all.rejects[4].bytes).toEqual(Buffer.from([0x31, 0x30, 0x2c, 0xff]))
    expect(all.rejects[5].bytes.toString()).toBe('11,"\0"')
  })

  it('loses only the line of a quote that is never closed', async () => {
    const all = await read('a,b\n1,"open\n2,3\n4,5\n')
    expect(all.items).toEqual(['{"a":2,"b":3}', '{"a":4,"b":5}'])
    expect(codes(all)).toEqual(['2 FORMAT'])
    const rows = '1,2\n'.repeat(3000)
    expect((await read(`a,b\n1,"open\n${rows}`, {maxBytes: 5000})).items).toHaveLength(3000)
  })

  it('skips blank lines in front of the header', async () => {
    expect((await read('\r\n\n\na,b\n1,2\n')).items).toEqual(['{"a":1,"b":2}'])
  })

  it.each(['a,a\n1,2\n', ',,\n1,2,3\n', Buffer.from([0xff, 0x2c, 0x61, 0x0a])])(
    'will not guess what the keys of %j are',
    async (text) => {
      await expect(read(text)).rejects.toMatchObject({
        code: 'FORMAT',
        kind: 'usage',
        message: expect.stringMatching(/^f is not (CSV|UTF-8)/),
      })
    },
  )

  it('takes a byte order mark off, also in front of a quoted name', async () => {
    expect((await read('\ufeff"a",b\n1,2\n')).items).toEqual(['{"a":1,"b":2}'])
  })

  it('hands out rows in small batches', async () => {
    const all = await read(`a\n${'1\n'.repeat(5000)}`)
    expect([all.items.length, all.largestBatch]).toEqual([5000, 1000])
  })

  it('takes keys as data', async () => {
    expect((await read('__proto__,constructor\n1,2\n')).items).toEqual(['{"__proto__":1,"constructor":2}'])
  })

  it('refuses an overlong line without holding it', async () => {
    for (const size of [10, 4096, MAX_BYTES]) {
      const all = await read(`a,b\n1,${'x'.repeat(20_000)}\n3,4\n`, {size, maxBytes: 5000})
      expect(all.items).toEqual(['{"a":3,"b":4}'])
      expect(codes(all)).toEqual(['2 SIZE'])
      expect(all.rejects[0].bytes.length).toBe(4096)
    }
  })

  it('reads the same from pieces of any size', async () => {
    const text = '\ufeffa;b\r\n1;"x\r\n""y"""\r\n\r\n"ü;";2\r\nbad\r\n3;"open\r\n4;5'
    const whole = await read(text)
    expect(whole.items).toHaveLength(3)
    for (let size = 1; size < 30; size++) {
      const {items, rejects} = await read(text, {size})
      expect({items, rejects}).toEqual({items: whole.items, rejects: whole.rejects})
    }
  })
})
