import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {PassThrough} from 'node:stream'
import {gunzipSync} from 'node:zlib'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {ItemCheck} from '../../src/json/item.ts'
import {openSources} from '../../src/source/open.ts'
import {inPieces, MAX_BYTES, readAll, TRACKS} from './reading.ts'

/** Items and refused points; together the points that each file holds. */
const FILES: Array<[string, number, number]> = [
  ['xctrack-2024-midnight.igc.gz', 36_015, 0],
  ['xctrack-2020-spikes.igc.gz', 7163, 0],
  ['glider-2009-midnight.igc.gz', 5367, 0],
  ['compeo-2011-2d-fixes.igc.gz', 4596, 0],
  ['xctrack-2022-no-baro.igc.gz', 294, 0],
  ['converted-2003-slow.igc.gz', 1699, 0],
  ['garmin-2019-alpine-day.gpx.gz', 3540, 0],
  ['maemo-2009-gpx10.gpx.gz', 2747, 0],
  ['openstreetmap-no-elevation.gpx.gz', 2395, 2605],
  ['short-tracks-no-elevation.gpx.gz', 295, 1],
  ['garmin-edge-2011-records.csv.gz', 10_686, 0],
  ['flymaster-live-2021.json', 1, 0],
]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qtool-tracks-'))
})
afterAll(() => rm(folder, {recursive: true}))

const open = async (file: string) =>
  readAll(await openSources({files: [file], stdin: new PassThrough(), maxBytes: MAX_BYTES}))

describe('recorded files', () => {
  it.each(FILES)('%s: every point is an item or refused', async (name, items, rejected) => {
    const all = await open(join(TRACKS, name))
    expect([all.items.length, all.rejects.length]).toEqual([items, rejected])
    const check = new ItemCheck()
    for (const item of all.items)
      expect(check.check(Buffer.from(item), 0, Buffer.byteLength(item))).toBeUndefined()
  })

  it.each(FILES)('%s: is known by its first bytes, and read the same in small pieces', async (name) => {
    const file = join(TRACKS, name)
    const whole = await open(file)
    const packed = await readFile(file)
    const plain = name.endsWith('.gz') ? gunzipSync(packed) : packed
    const stdin = new PassThrough()
    void (async () => {
      for await (const piece of inPieces(plain, 1009)) stdin.write(piece)
      stdin.end()
    })()
    const piped = await readAll(await openSources({files: [], stdin, maxBytes: MAX_BYTES}))
    // Only the name of the file is not known on stdin
    const renamed = piped.items.map((item) =>
      item.replace('"flight_id":"stdin', `"flight_id":"${name.split('.')[0]}`),
    )
    expect(renamed).toEqual(whole.items)
    expect(piped.flights.map(({id}) => id)).toEqual(whole.flights.map(({id}) => id))
    expect(piped.rejects.map(({line}) => line)).toEqual(whole.rejects.map(({line}) => line))
  })

  it('are read under a wrong ending too, when the format is given', async () => {
    const file = join(folder, 'track.txt')
    await writeFile(file, gunzipSync(await readFile(join(TRACKS, 'xctrack-2022-no-baro.igc.gz'))))
    const options = {files: [file], format: 'igc' as const, stdin: new PassThrough(), maxBytes: MAX_BYTES}
    expect((await readAll(await openSources(options))).items).toHaveLength(294)
  })

  it('and the example orders are read as their README says', async () => {
    const lines = await open(join(TRACKS, '../orders.ndjson'))
    expect([lines.items.length, lines.rejects.map(({line}) => line)]).toEqual([22, [6]])
    const rows = await open(join(TRACKS, '../orders.csv'))
    const good = lines.items.filter((_, i) => i !== 10 && i !== 15)
    expect(rows.items).toEqual(good)
  })
})
