import {describe, expect, it} from 'vitest'
import {readIgc} from '../../src/source/igc.ts'
import {codes, inPieces, MAX_BYTES, readAll, readTrack} from './reading.ts'

const read = (text: string | Buffer, name = 'dir/walk.igc.gz') =>
  readAll(readIgc(name, inPieces(text), MAX_BYTES))

const times = (items: string[]) => items.map((item) => JSON.parse(item).datetime)

/** A fix at this time of day. */
const fix = (time: string, rest = '4730000N01015000EA0100001100') => `B${time}${rest}`

describe('readIgc', () => {
  it('makes a record of each fix and announces the flight with the first', async () => {
    const all = await read(
      `AXYZabc\r\nHFDTE010203\r\nHFPLTPILOT:José\r\n${fix('101500')}\r\n${fix('101501')}\r\n`,
    )
    const [{id}] = all.flights
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(all.flights).toEqual([
      {id, flightId: 'walk', pilotName: 'José', source: 'igc', deviceId: 'XYZabc'},
    ])
    expect(all.items[0]).toBe(
      `{"flight_uuid":"${id}","flight_id":"walk","datetime":"2003-02-01T10:15:00Z","lat":47.5000000,"lon":10.2500000,"elevation":1100,"barometric_altitude":1000,"device_id":"XYZabc"}`,
    )
    expect(all.items).toHaveLength(2)
  })

  it('knows a flight again under another file name, and tells two flights apart', async () => {
    const text = `AXYZabc\nHFDTE010203\n${fix('101500')}\n`
    const ids = await Promise.all(
      [read(text), read(text, 'copy.igc'), read(text.replace('101500', '101501'))].map(
        async (all) => (await all).flights[0].id,
      ),
    )
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
  })

  it.each([
    ['HFDTE310399', '1999-03-31'],
    ['HFDTEDATE:200920,01', '2020-09-20'],
    ['HFDTEDATE: 200920', '2020-09-20'],
    ['HFDTE DATE: 200920', '2020-09-20'],
    ['HFDTE:200920', '2020-09-20'],
    ['HODTE200920', '2020-09-20'],
    ['HPDTEDATE:200920', '2020-09-20'],
    ['  HFDTE200920', '2020-09-20'],
  ])('reads the date of %s', async (header, day) => {
    expect(times((await read(`${header}\n${fix('101500')}\n`)).items)).toEqual([`${day}T10:15:00Z`])
  })

  it('refuses fixes whose day is not known, one by one', async () => {
    const all = await read(
      `AXYZ\nHFDTE320120\n${fix('101500')}\n${fix('101501')}\nHFDTE010120\n${fix('101502')}\n`,
    )
    expect(codes(all)).toEqual(['3 NO_DATE', '4 NO_DATE'])
    expect(all.rejects[0].bytes.toString()).toBe(fix('101500'))
    expect(times(all.items)).toEqual(['2020-01-01T10:15:02Z'])
  })

  it('goes on with the next day behind midnight, also with a late fix and a repeated header', async () => {
    const lines = [fix('235958'), fix('000001'), fix('235959'), fix('000002'), 'HFDTE311224', fix('000003')]
    expect(times((await read(`HFDTE311224\n${lines.join('\n')}\n`)).items)).toEqual([
      '2024-12-31T23:59:58Z',
      '2025-01-01T00:00:01Z',
      '2024-12-31T23:59:59Z',
      '2025-01-01T00:00:02Z',
      '2025-01-01T00:00:03Z',
    ])
  })

  it.each([
    ['010170', '1970-01-01'],
    ['310399', '1999-03-31'],
    ['150675', '1975-06-15'],
    ['261126', '2026-11-26'],
    ['271126', '2026-11-27'],
    ['291126', '1926-11-29'],
    ['010127', '1927-01-01'],
    ['290200', '2000-02-29'],
  ])('takes the year of %s, seen in November 2026, for the one that has been', async (date, day) => {
    const now = Date.UTC(2026, 10, 26, 12)
    const source = readIgc('f', inPieces(`HFDTE${date}\n${fix('101500')}\n`), MAX_BYTES, now)
    expect(times((await readAll(source)).items)).toEqual([`${day}T10:15:00Z`])
  })

  it.each([
    ['once', ['235959V', '120005A', '120006A', '235958A', '000001A'], [0, 0, 0, 0, 1]],
    ['twice', ['235958V', '235959V', '060000A', '060001A'], [0, 0, 0, 0]],
    ['and stays without one', ['235959V', '100000V', '100001V'], [0, 0, 0]],
    ['over midnight', ['235958V', '235959V', '000000V', '000005A'], [0, 0, 1, 1]],
    ['just before midnight', ['235959V', '000001A', '000002A'], [0, 1, 1]],
  ])(
    'does not move a flight by a day where its recorder begins without a lock, %s',
    async (_, fixes, days) => {
      const text = fixes.map((one) => fix(one.slice(0, 6), `4730000N01015000E${one[6]}0100001100`)).join('\n')
      const {items} = await read(`HFDTE010724\n${text}\n`)
      expect(times(items).map((time) => Number(time.slice(8, 10)) - 1)).toEqual(days)
    },
  )

  it('goes on with the next day behind a gap of hours once there was a lock', async () => {
    const {items} = await read(`HFDTE010724\n${fix('200000')}\n${fix('040000')}\n`)
    expect(times(items)).toEqual(['2024-07-01T20:00:00Z', '2024-07-02T04:00:00Z'])
  })

  it.each([
    '<!DOCTYPE html>\n<html>\n<p>404</p>\n',
    Buffer.from('AXYZabc\r\nHFDTE010203\r\n', 'utf16le'),
    '{"points":[]}\n',
    Buffer.from([0, 1, 2, 3, 4]),
  ])('says of a file that holds something else that it is no IGC, %#', async (text) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'FORMAT',
      message: expect.stringContaining('walk.igc.gz is not an IGC file'),
    })
  })

  it.each(['', '\r\n \n', 'AXYZabc\nHFDTE010203\n'])('finds no record and no fault in %j', async (text) => {
    expect(await read(text)).toMatchObject({items: [], rejects: []})
  })

  it('reads lines that somebody has indented', async () => {
    const {items} = await read(`  AXYZabc\n  HFDTE010203\n\t${fix('101500')}\n ${fix('101501')}\n`)
    expect(items).toHaveLength(2)
  })

  it('reads the recorder behind a byte order mark', async () => {
    const {flights} = await read(`\ufeffAXYZabc\nHFDTE010203\n${fix('101500')}\n`)
    expect(flights[0].deviceId).toBe('XYZabc')
  })

  it('adds the decimals of LAD and LOD columns to the minutes', async () => {
    const text = `HFDTE010203\nI033636LAD3737LOD3839TDS\n${fix('101500', '4730000N01015000WA010000110036xx')}\n`
    const record = JSON.parse((await read(text)).items[0])
    expect([record.lat, record.lon]).toEqual([47.500005, -10.25001])
  })

  it('leaves out altitudes that are none', async () => {
    const fixes = [
      fix('101500', '4730000N01015000EV0000000000'),
      fix('101501', '4730000N01015000EV0000001200'),
      fix('101502', '4730000N01015000EA00000-0012'),
      fix('101503', '4730000N01015000EA-001000000'),
    ]
    const records = (await read(`HFDTE010203\n${fixes.join('\n')}\n`)).items.map((item) => JSON.parse(item))
    expect(records.map((record) => [record.elevation, record.barometric_altitude])).toEqual([
      [undefined, undefined],
      [1200, undefined],
      [-12, undefined],
      [0, -10],
    ])
  })

  it.each([
    'B1015',
    fix('101500', '4730000X01015000EA0100001100'),
    fix('241500'),
    fix('101500', '9100000N01015000EA0100001100'),
    fix('101500', '4760000N01015000EA0100001100'),
    fix('101500', '4730000N18100000EA0100001100'),
    `B${'x'.repeat(2 * 1024 * 1024)}`,
    'B\u00ff',
  ])('refuses a bad fix %# with its line and bytes, and reads on', async (bad) => {
    const bytes = Buffer.from(bad, 'latin1')
    const text = Buffer.concat([Buffer.from('HFDTE010203\n'), bytes, Buffer.from(`\n${fix('101500')}\n`)])
    const all = await read(text)
    expect(codes(all)).toEqual(['2 FORMAT'])
    expect(all.rejects[0].bytes).toEqual(bytes.subarray(0, 4096))
    expect(all.items).toHaveLength(1)
  })

  it('passes midnight in the recorded flights', async () => {
    const glider = times((await read(await readTrack('glider-2009-midnight.igc'))).items)
    expect(glider.slice(295, 297)).toEqual(['2009-11-06T23:59:58Z', '2009-11-07T00:00:01Z'])
    const paraglider = times((await read(await readTrack('xctrack-2024-midnight.igc'))).items)
    expect([paraglider[0], paraglider.at(-1)]).toEqual(['2024-06-05T16:49:25Z', '2024-06-06T02:50:15Z'])
    expect(paraglider.toSorted()).toEqual(paraglider)
  })

  it('leaves the barometer out of the flight that had none', async () => {
    const {items} = await read(await readTrack('xctrack-2022-no-baro.igc'))
    expect(items.filter((item) => item.includes('barometric_altitude'))).toEqual([])
  })

  it('keeps the altitude that 2D fixes carry', async () => {
    const {items} = await read(await readTrack('compeo-2011-2d-fixes.igc'))
    expect(items.every((item) => item.includes('"elevation":'))).toBe(true)
  })
})
