import {SpanBatcher} from './batcher.ts'
import type {Flight, Source} from './source.ts'
import {stableUuid} from './track.ts'

export interface SyntheticOptions {
  count: number
  /** The same seed gives the same records. */
  seed: number
  /** Share of the records that Postgres must refuse, 0 to 1. */
  invalid: number
  maxBytes: number
}

const BATCH = 1000
const START = Date.UTC(2026, 5, 1, 9)

/** One glider in the air: climbs in thermals with a steady turn, glides on between them. */
interface Glider {
  flight: Flight
  head: string
  lat: number
  lon: number
  altitude: number
  heading: number
  climbing: boolean
}

/**
 * Seeded flights of up to 100 gliders, one fix a second each, with the keys of the sample schema. No two records
 * are equal. The invalid ones are spread evenly and take turns: unknown flight, latitude that is no number,
 * missing time, NaN, the word "now".
 */
export async function* synthesize(options: SyntheticOptions): Source {
  const random = mulberry32(options.seed)
  const gliders = makeGliders(
    Math.min(100, Math.max(1, Math.ceil(options.count / 1000))),
    options.seed,
    random,
  )
  const spans = new SpanBatcher('synthetic', options.maxBytes)
  for (let from = 0; from < options.count; from += BATCH) {
    const to = Math.min(options.count, from + BATCH)
    const texts: string[] = []
    for (let i = from; i < to; i++) texts.push(recordText(gliders, i, options.invalid, random))
    // ASCII throughout: characters are bytes
    const bytes = Buffer.from(texts.join(''), 'latin1')
    spans.open(bytes, bytes.length)
    let at = 0
    texts.forEach((text, i) => {
      spans.add(at, at + text.length, from + i + 1)
      at += text.length
    })
    yield {...spans.batch(), flights: from === 0 ? gliders.map((glider) => glider.flight) : []}
  }
}

function makeGliders(count: number, seed: number, random: () => number): Glider[] {
  return Array.from({length: count}, (_, i) => {
    const id = stableUuid(`synthetic ${seed} ${i}`)
    const flightId = `S${seed.toString(36)}-${i + 1}`
    const flight = {id, flightId, pilotName: null, source: 'synthetic', deviceId: null}
    return {
      flight,
      head: `"flight_id":"${flightId}","datetime":"`,
      lat: 46_500_000 + Math.floor(random() * 800_000),
      lon: 7_500_000 + Math.floor(random() * 1_500_000),
      altitude: 1200 + random() * 800,
      heading: random() * 2 * Math.PI,
      climbing: i % 2 === 0,
    }
  })
}

function recordText(gliders: Glider[], i: number, invalid: number, random: () => number): string {
  const glider = gliders[i % gliders.length]
  fly(glider, random)
  const time = new Date(START + Math.floor(i / gliders.length) * 1000).toISOString().slice(0, 19)
  // Of every 1 / invalid records the last
  const isBad = Math.floor((i + 1) * invalid) > Math.floor(i * invalid)
  return isBad
    ? badText(glider, time, Math.floor(i * invalid) % 5, i)
    : textOf(glider, time, `${glider.flight.id}`, microdegrees(glider.lat))
}

function textOf({head, lon, altitude}: Glider, time: string, id: string, lat: string): string {
  const meters = Math.round(altitude)
  return `{"flight_uuid":"${id}",${head}${time}Z","lat":${lat},"lon":${microdegrees(lon)},"elevation":${meters}}`
}

function badText(glider: Glider, time: string, kind: number, i: number): string {
  const {id} = glider.flight
  const lat = microdegrees(glider.lat)
  const good = textOf(glider, time, id, lat)
  if (kind === 0) return textOf(glider, time, `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`, lat)
  if (kind === 1) return textOf(glider, time, id, `"north ${i}"`)
  if (kind === 2) return good.replace('"datetime"', '"date"')
  if (kind === 3) return good.replace(`"lat":${lat}`, '"lat":"NaN"')
  return good.replace(`${time}Z`, 'now')
}

/** One second: a turn of 25 s at 2 m/s up, or straight on at 14 m/s with 1 m/s down. */
function fly(glider: Glider, random: () => number): void {
  glider.heading += glider.climbing ? 0.25 : (random() - 0.5) * 0.05
  const speed = glider.climbing ? 9 : 14
  // 1 m is about 9 microdegrees of latitude, 13 of longitude at 46 degrees north; the wind drifts to the east
  glider.lat += Math.round(Math.cos(glider.heading) * speed * 9)
  glider.lon += Math.round(Math.sin(glider.heading) * speed * 13) + 20
  glider.altitude += glider.climbing ? 1.5 + random() : -0.5 - random()
  if (glider.altitude > 2800) glider.climbing = false
  if (glider.altitude < 1100) glider.climbing = true
}

function microdegrees(value: number): string {
  const whole = Math.floor(value / 1e6)
  return `${whole}.${String(value - whole * 1e6).padStart(6, '0')}`
}

/** A small seeded generator: Tommy Ettinger's mulberry32, 32 bits of state. */
function mulberry32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
