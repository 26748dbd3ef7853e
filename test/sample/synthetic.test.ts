import {describe, expect, it} from 'vitest'
import {fly, makeGliders} from '../../src/sample/glider.ts'
import {synthesize} from '../../src/sample/synthetic.ts'
import {MAX_BYTES, readAll} from '../source/reading.ts'

const make = (count: number, seed = 1, invalid = 0) =>
  readAll(synthesize({count, seed, invalid, maxBytes: MAX_BYTES}))

const KEYS = 'flight_uuid,flight_id,datetime,lat,lon,elevation'

describe('synthesize', () => {
  it('makes the same records and flights for the same seed, and others for another', async () => {
    const [one, again, other] = [await make(5000), await make(5000), await make(5000, 2)]
    expect(again).toEqual(one)
    expect(other.flights.some(({id}) => one.flights.some((flight) => flight.id === id))).toBe(false)
    expect(new Set([...one.items, ...other.items]).size).toBe(10_000)
  })

  it.each([
    [1, 1],
    [1001, 2],
    [150_000, 100],
  ])('spreads %d records over %d flights, each announced once', async (count, flights) => {
    const all = await make(count)
    expect(all.items).toHaveLength(count)
    expect(all.flights).toHaveLength(flights)
    const known = new Set(all.flights.map(({id}) => id))
    expect(all.items.every((item) => known.has(JSON.parse(item).flight_uuid))).toBe(true)
  })

  it('repeats no record, and keeps the gliders where gliders fly', async () => {
    const records = (await make(150_000)).items.map((item) => JSON.parse(item))
    expect(new Set(records.map((r) => `${r.flight_id} ${r.lat} ${r.lon} ${r.datetime}`)).size).toBe(150_000)
    const time = /^2026-06-01T\d{2}:\d{2}:\d{2}Z$/
    const odd = records.filter((r) => Object.keys(r).join() !== KEYS || !time.test(r.datetime))
    expect(odd).toEqual([])
    const within = (key: string, least: number, most: number) =>
      records.every((record) => record[key] >= least && record[key] <= most)
    expect([within('lat', 45, 49), within('lon', 6, 11), within('elevation', 1000, 3000)]).toEqual([
      true,
      true,
      true,
    ])
  })

  it.each([
    [50_000, 0.02, 1000],
    [100, 0.29, 29],
    [7, 0.5, 4],
    [10, 1, 10],
    [1000, 0.0004, 0],
  ])('makes of %d records with a share of %d exactly %d bad ones', async (count, invalid, expected) => {
    const all = await make(count, 3, invalid)
    const known = new Set(all.flights.map(({id}) => id))
    const isGood = (r: Record<string, unknown>) =>
      known.has(String(r.flight_uuid)) && typeof r.lat === 'number' && String(r.datetime).startsWith('2026-')
    const bad = all.items.map((item) => JSON.parse(item)).filter((record) => !isGood(record))
    expect(bad).toHaveLength(expected)
    expect(new Set(all.items).size).toBe(count)
  })

  it('takes turns among the five faults', async () => {
    const all = await make(1000, 3, 0.01)
    const known = new Set(all.flights.map(({id}) => id))
    const faults = all.items.flatMap((item) => {
      const record = JSON.parse(item)
      if (!known.has(record.flight_uuid)) return ['parent']
      if (!('datetime' in record)) return ['missing']
      if (typeof record.lat === 'string') return [record.lat]
      return record.datetime === 'now' ? ['now'] : []
    })
    const round = ['parent', 'north', 'missing', 'NaN', 'now']
    expect(faults).toEqual([...round, ...round])
  })

  it('brings a glider back that has gone far, however long it flies', () => {
    let state = 1
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state / 2 ** 32
    }
    const [glider] = makeGliders(1, 1, random)
    let farthest = 0
    for (let second = 0; second < 1_000_000; second++) {
      fly(glider, random)
      const away = Math.max(Math.abs(glider.lat - glider.homeLat), Math.abs(glider.lon - glider.homeLon))
      farthest = Math.max(farthest, away)
    }
    expect(farthest).toBeGreaterThan(300_000)
    expect(farthest).toBeLessThan(1_500_000)
  })
})
