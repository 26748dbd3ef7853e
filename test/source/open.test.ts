import {createReadStream} from 'node:fs'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {PassThrough, Readable} from 'node:stream'
import {gzipSync} from 'node:zlib'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {Format} from '../../src/source/formats.ts'
import {openSources} from '../../src/source/open.ts'
import {codes, MAX_BYTES, readAll, TRACKS} from './reading.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qtool-open-'))
})
afterAll(() => rm(folder, {recursive: true}))

async function file(name: string, bytes: string | Buffer): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return path
}

const open = async (files: string[], stdin: NodeJS.ReadableStream = new PassThrough(), format?: Format) =>
  readAll(await openSources({files, stdin, format, maxBytes: MAX_BYTES}))

const piped = (text: string | Buffer, format?: Format) => open([], Readable.from([Buffer.from(text)]), format)

describe('openSources', () => {
  it('reads several files and stdin in order, each named in its rejects', async () => {
    const one = await file('one.ndjson', '{"a":1}\nbad\n')
    const two = await file('two.csv', 'a\n2\n')
    const all = await open([one, '-', two], Readable.from([Buffer.from('{"a":"stdin"}\nworse')]))
    expect(all.items).toEqual(['{"a":1}', '{"a":"stdin"}', '{"a":2}'])
    expect(all.rejects.map(({source, line}) => [source, line])).toEqual([
      [one, 2],
      ['stdin', 2],
    ])
  })

  it('refuses a missing file, a folder and a second stdin before it reads anything', async () => {
    const good = await file('good.ndjson', '{"a":1}\n')
    const missing = join(folder, 'missing.ndjson')
    await expect(open([good, missing])).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(missing),
    })
    await expect(open([good, folder])).rejects.toMatchObject({
      kind: 'usage',
      message: `${folder} is a folder`,
    })
    await expect(open(['-', good, '-'])).rejects.toMatchObject({kind: 'usage'})
  })

  it.each<[string, string, string[]]>([
    ['NDJSON', '{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
    [
      'NDJSON behind a blank line and a byte order mark',
      '\ufeff\n{"a":1}\n{"b":2}\n',
      ['{"a":1}', '{"b":2}'],
    ],
    ['a JSON array', ' [{"a":1},\n{"b":2}]', ['{"a":1}', '{"b":2}']],
    ['an object over many lines', '{\n"a":1\n}\n', ['{\n"a":1\n}']],
    ['an envelope over many lines', '{"points":[\n{"a":1}\n]}', ['{"points":[\n{"a":1}\n]}']],
    ['CSV', 'a,b\n1,2\n', ['{"a":1,"b":2}']],
    ['tabs', 'a\tb c\r\n1\t2\r\n', ['{"a":1,"b c":2}']],
    ['one object without a newline', '{"a":1}', ['{"a":1}']],
    ['nothing', '', []],
  ])('knows %s on stdin by its first bytes, also when they come one by one', async (_, text, items) => {
    expect((await piped(text)).items).toEqual(items)
    const bytes = [...Buffer.from(text)].map((byte) => Buffer.from([byte]))
    expect((await open([], Readable.from(bytes))).items).toEqual(items)
  })

  it('takes what it does not know for NDJSON and refuses it line by line', async () => {
    expect(codes(await piped('hello\nworld\n'))).toEqual(['1 JSON', '2 JSON'])
  })

  it('reads a .json of one object a line as lines, so that a bad one costs no other', async () => {
    const all = await open([await file('lines.json', '{"a":1}\n{"b":\n{"c":3}\n')])
    expect(all.items).toEqual(['{"a":1}', '{"c":3}'])
    expect(codes(all)).toEqual(['2 JSON'])
    const text = '{"a":1,\n"b":2}'
    expect((await open([await file('one.json', text)])).items).toEqual([text])
  })

  it('hands on the first record while the producer goes on', async () => {
    const stdin = new PassThrough()
    stdin.write('{"a":1}\n')
    const source = await openSources({files: [], stdin, maxBytes: MAX_BYTES})
    const first = await source[Symbol.asyncIterator]().next()
    expect(first.value.count).toBe(1)
  })

  it('closes what it reads when it is stopped early', async () => {
    const path = await file('long.ndjson', '{"a":1}\n'.repeat(200_000))
    for (const bytes of [
      createReadStream(path),
      createReadStream(await file('l', gzipSync('{"a":1}\n'.repeat(99_999)))),
    ]) {
      for await (const batch of await openSources({files: ['-'], stdin: bytes, maxBytes: MAX_BYTES})) {
        expect(batch.count).toBeGreaterThan(0)
        break
      }
      expect(bytes.destroyed).toBe(true)
    }
  })
})

describe('files one after another', () => {
  async function openAll(files: string[]) {
    const failed: string[] = []
    const empty: string[] = []
    const source = await openSources({
      files,
      stdin: new PassThrough(),
      maxBytes: MAX_BYTES,
      onFailure: (name, {code}) => failed.push(`${name} ${code}`),
      onEmpty: (name) => empty.push(name),
    })
    return {items: (await readAll(source)).items, failed, empty}
  }

  it('are read behind one that cannot be', async () => {
    const bad = [
      await file('page.igc', '<!DOCTYPE html>\n<p>404</p>\n'),
      await file('wide.csv', Buffer.from('\ufeffa,b\r\n1,2\r\n', 'utf16le')),
      await file('big-endian.ndjson', Buffer.from('\ufeff{}\n', 'utf16le').swap16()),
      await file('json.csv', '[{"a":1}]'),
      await file('cut.gz', gzipSync('{"a":7}\n').subarray(0, -9)),
      await file('kml.gpx', '<kml/>'),
    ]
    const good = await file('good.ndjson', '{"a":1}\n')
    const {items, failed} = await openAll([...bad, good])
    expect(items).toContain('{"a":1}')
    expect(failed).toEqual(
      ['FORMAT', 'UTF16', 'UTF16', 'FORMAT', 'BAD_GZIP', 'FORMAT'].map((code, i) => `${bad[i]} ${code}`),
    )
  })

  it('are told where they hold no record', async () => {
    const empty = [
      await file('empty.csv', ''),
      await file('empty.gz', gzipSync('')),
      await file('blank.ndjson', '\r\n \n'),
      await file('header.csv', 'a,b\n'),
      await file('none.json', '[]'),
      await file('none.gpx', '<gpx/>'),
      await file('none.igc', ''),
    ]
    expect(await openAll(empty)).toEqual({items: [], failed: [], empty})
  })

  it('are known by their first bytes with any line end', async () => {
    for (const text of [
      '{"a":1}\r{"a":2}\r',
      'a\tb\r1\t2\r',
      'a,b,\r1,2,\r',
      'sep=;\ra;b\r1;2\r',
      'a|b\n1|2\n',
    ]) {
      expect((await piped(text)).items.map((item) => JSON.parse(item).a)).toContain(1)
    }
    const igc = 'AXYZabc\rHFDTE010203\rB1015004730000N01015000EA0100001100\r'
    expect((await piped(igc)).items).toHaveLength(1)
  })
})

describe('gzip', () => {
  // Lines for every reader: NDJSON, and the rows of a CSV file whose one column is called x
  const text = `x\n${Array.from({length: 50_000}, (_, i) => `{a:${Math.sin(i)}}`).join('\n')}`
  const packed = gzipSync(text)

  it('is known by its bytes, whatever the file is called', async () => {
    expect((await open([await file('plain.csv', packed)])).items).toHaveLength(50_000)
    expect((await open([await file('plain.csv.gz', gzipSync('a\n1\n'))])).items).toEqual(['{"a":1}'])
    expect((await piped(packed, 'csv')).items).toHaveLength(50_000)
    expect((await open([await file('not.ndjson.gz', '{"a":1}\n')])).items).toEqual(['{"a":1}'])
  })

  it('may be several members, one behind the other', async () => {
    const {items} = await piped(Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('{"b":2}\n')]))
    expect(items).toEqual(['{"a":1}', '{"b":2}'])
  })

  it.each([
    ['cut off', packed.subarray(0, packed.length - 1000)],
    ['cut off in its head', packed.subarray(0, 5)],
    ['corrupt', Buffer.concat([packed.subarray(0, 50_000), Buffer.alloc(2000, 7), packed.subarray(52_000)])],
  ])('that is %s is an error that names the file', async (_, bytes) => {
    for (const name of ['bad.ndjson', 'bad.csv', 'bad.json', 'bad.igc']) {
      const path = await file(name, bytes)
      await expect(open([path])).rejects.toMatchObject({
        code: 'BAD_GZIP',
        message: expect.stringContaining(path),
      })
    }
  })

  it('that is cut off is an error for a track too, behind the points that came', async () => {
    const track = await readFile(join(TRACKS, 'maemo-2009-gpx10.gpx.gz'))
    const path = await file('bad.gpx', track.subarray(0, track.length - 2000))
    let points = 0
    const reading = async () => {
      for await (const {count} of await openSources({
        files: [path],
        stdin: new PassThrough(),
        maxBytes: MAX_BYTES,
      }))
        points += count
    }
    await expect(reading()).rejects.toMatchObject({code: 'BAD_GZIP', message: expect.stringContaining(path)})
    expect(points).toBeGreaterThan(500)
  })
})
