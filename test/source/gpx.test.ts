import {describe, expect, it} from 'vitest'
import {readGpx} from '../../src/source/gpx.ts'
import {codes, inPieces, MAX_BYTES, readAll, readTrack} from './reading.ts'

const read = (text: string | Buffer, {size = MAX_BYTES, maxBytes = MAX_BYTES} = {}) =>
  readAll(readGpx('tour.gpx', inPieces(text, size), maxBytes))

const point = (lat: string, lon: string, inner: string) => `<trkpt lat="${lat}" lon="${lon}">${inner}</trkpt>`
const at = (time: string) => `<time>${time}</time>`
const gpx = (...points: string[]) => `<gpx><trk><trkseg>\n${points.join('\n')}\n</trkseg></trk></gpx>`
const good = point('47.50', '-10.25', `<ele>860.00</ele>${at('2019-05-01T04:31:11Z')}`)

describe('readGpx', () => {
  it('makes a record of each track point with the digits of the file', async () => {
    const all = await read(gpx(good))
    const [{id}] = all.flights
    expect(all.items).toEqual([
      `{"flight_uuid":"${id}","flight_id":"tour","datetime":"2019-05-01T04:31:11Z","lat":47.50,"lon":-10.25,"elevation":860.00}`,
    ])
    expect(all.flights).toEqual([{id, flightId: 'tour', pilotName: null, source: 'gpx', deviceId: null}])
  })

  it('makes a flight of each track, through all of its segments', async () => {
    const seg = `<trkseg>${good}</trkseg>`
    const later = `<trkseg>${good.replace(':11Z', ':12Z')}</trkseg>`
    const all = await read(`<gpx><trk>${seg}${later}</trk><trk/><trk>${seg}</trk></gpx>`)
    expect(all.flights.map(({flightId}) => flightId)).toEqual(['tour', 'tour-3'])
    expect(new Set(all.flights.map(({id}) => id)).size).toBe(2)
    expect(all.items).toHaveLength(3)
  })

  it('reads only track points, also behind a namespace prefix', async () => {
    const wpt = '<g:wpt lat="1" lon="2"><g:time>2019-05-01T04:31:11Z</g:time></g:wpt>'
    const rte = '<g:rte><g:rtept lat="1" lon="2"/></g:rte>'
    const inner =
      '<g:time>2019-05-01T04:31:11Z</g:time><g:extensions><x:time>1999-01-01T00:00:00Z</x:time></g:extensions>'
    const trk = `<g:trk><g:trkseg><g:trkpt lat="3" lon="4">${inner}</g:trkpt></g:trkseg></g:trk>`
    const {items} = await read(
      `<g:gpx xmlns:g="http://www.topografix.com/GPX/1/1" xmlns:x="x">${wpt}${rte}${trk}</g:gpx>`,
    )
    expect(items.map((item) => JSON.parse(item))).toMatchObject([
      {lat: 3, lon: 4, datetime: '2019-05-01T04:31:11Z'},
    ])
  })

  it('refuses points without a time or a real position, with their line, and reads on', async () => {
    const all = await read(
      gpx(
        point('1', '2', ''),
        point('91', '2', at('2019-05-01T04:31:11Z')),
        point('0x10', '2', at('2019-05-01T04:31:11Z')),
        `<trkpt lon="2">${at('2019-05-01T04:31:11Z')}</trkpt>`,
        point('1', '2', at('yesterday')),
        point('+047.5', '.5', `<ele>NaN</ele>${at('2019-05-01T04:31:11+02:00')}`),
      ),
    )
    expect(codes(all)).toEqual(['2 NO_TIME', '3 FORMAT', '4 FORMAT', '5 FORMAT', '6 FORMAT'])
    expect(all.rejects[4].bytes.toString()).toBe('<trkpt lat="1" lon="2"><time>yesterday</time></trkpt>')
    expect(all.items.map((item) => JSON.parse(item))).toMatchObject([{lat: 47.5, lon: 0.5}])
    expect(all.items[0]).not.toContain('elevation')
  })

  it.each([
    ['2019-05-01T04:31:11', '2019-05-01T04:31:11Z'],
    ['2019-05-01T04:31:11.250', '2019-05-01T04:31:11.250Z'],
    ['2019-05-01T04:31', '2019-05-01T04:31:00Z'],
    ['2019-05-01T04:31:11z', '2019-05-01T04:31:11Z'],
    ['2019-05-01T04:31:11-0600', '2019-05-01T04:31:11-06:00'],
    ['2019-05-01T04:31:11+02', '2019-05-01T04:31:11+02:00'],
    ['2019-05-01T04:31:11.5+05:30', '2019-05-01T04:31:11.5+05:30'],
    ['<![CDATA[2019-05-01T04:31:11Z]]>', '2019-05-01T04:31:11Z'],
    [' \n2019-05-01T04:31:11Z\n ', '2019-05-01T04:31:11Z'],
    ['2024-02-29T23:59:59', '2024-02-29T23:59:59Z'],
  ])('reads the time %j as %s', async (time, wanted) => {
    const {items} = await read(gpx(point('1', '2', at(time))), {size: 5})
    expect(items.map((item) => JSON.parse(item).datetime)).toEqual([wanted])
  })

  it.each([
    '2019-02-29T04:31:11Z',
    '2019-04-31T04:31:11',
    '2019-13-01T04:31:11Z',
    '2019-05-01T25:31:11Z',
    '2019-05-01 04:31:11Z',
    '2019-05-01',
    '2019-05-01T04:31:11+5:00',
    '2019-05-01T04:31:11 PDT',
    '1556685071',
  ])('rejects the time %j', async (time) => {
    expect(codes(await read(gpx(point('1', '2', at(time)))))).toEqual(['2 FORMAT'])
  })

  it.each(['<html><body/></html>', '<?xml version="1.0"?><kml><Point/></kml>'])(
    'says of %j that it is no GPX',
    async (text) => {
      await expect(read(text)).rejects.toMatchObject({
        code: 'FORMAT',
        message: expect.stringContaining('tour.gpx is not a GPX file'),
      })
    },
  )

  it('reads a file without track points as one without records', async () => {
    expect(await read('<gpx><wpt lat="1" lon="2"/></gpx>')).toMatchObject({items: [], rejects: []})
  })

  it.each([
    ['cut off', gpx(good, good).slice(0, -20), 2, 4],
    ['a wrong end tag', gpx(good, '</trk>', good), 1, 3],
    [
      'an entity of a DTD',
      `<!DOCTYPE gpx [<!ENTITY a "aaaa">]>\n${gpx(good, point('1', '2', '<time>&a;</time>'), good)}`,
      1,
      4,
    ],
    ['no XML at all', 'hello', 0, 1],
  ])('keeps what it read before %s, and says on which line it stopped', async (_, text, items, line) => {
    for (const size of [1, 7, MAX_BYTES]) {
      const all = await read(text, {size})
      expect(codes(all)).toEqual([`${line} FORMAT`])
      expect(all.items).toHaveLength(items)
    }
  })

  it('does not hold a text or a nesting without end', async () => {
    const long = await read(`<gpx>${'x'.repeat(30_000)}${'<trk/>'}</gpx>`, {size: 1000, maxBytes: 5000})
    expect(long.rejects[0].message).toContain('5000 characters without a tag')
    const two = await read(`<gpx><a>${'x'.repeat(3000)}</a>${'x'.repeat(3000)}</gpx>`, {
      size: 500,
      maxBytes: 5000,
    })
    expect(two.rejects).toEqual([])
    const deep = await read('<a>'.repeat(500))
    expect(deep.rejects[0].message).toContain('deeper than 100 levels')
  })

  it('tells the tracks of the recorded files apart', async () => {
    const osm = await read(await readTrack('openstreetmap-no-elevation.gpx'))
    expect(new Set(osm.items).size).toBe(197)
    expect(osm.items.some((item) => item.includes('elevation'))).toBe(false)
    const short = await read(await readTrack('short-tracks-no-elevation.gpx'))
    expect(short.flights.length).toBeGreaterThan(1)
    expect(codes(short)).toEqual([expect.stringMatching(/NO_TIME$/)])
  })
})
