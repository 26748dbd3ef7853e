import type {Flight} from '../source/source.ts'
import {stableUuid} from '../source/track.ts'

/** One glider over the Alps: climbs in thermals with a steady turn, glides on between them. */
export interface Glider {
  flight: Flight
  /** The text of its records up to the time. */
  head: string
  /** Millionths of a degree. */
  lat: number
  lon: number
  /** The place to which it turns back when it is far away. */
  homeLat: number
  homeLon: number
  /** Meters. */
  altitude: number
  /** Radians, clockwise from north. */
  heading: number
  isClimbing: boolean
}

/** 1 m in millionths of a degree at 46 degrees north. */
const LAT_PER_M = 9
const LON_PER_M = 13

/** Half a degree: if it is farther from home than this, its next glide leads back. */
const FAR = 500_000

/** The wind carries everything to the east, in millionths of a degree a second: 1.5 m/s. */
const DRIFT = 20

export function makeGliders(count: number, seed: number, random: () => number): Glider[] {
  return Array.from({length: count}, (_, i) => {
    const id = stableUuid(`synthetic ${seed} ${i}`)
    const flightId = `S${seed.toString(36)}-${i + 1}`
    const homeLat = 46_500_000 + Math.floor(random() * 800_000)
    const homeLon = 7_500_000 + Math.floor(random() * 1_500_000)
    return {
      flight: {id, flightId, pilotName: null, source: 'synthetic', deviceId: null},
      head: `{"flight_uuid":"${id}","flight_id":"${flightId}","datetime":"`,
      lat: homeLat,
      lon: homeLon,
      homeLat,
      homeLon,
      altitude: 1200 + random() * 800,
      heading: random() * 2 * Math.PI,
      isClimbing: i % 2 === 0,
    }
  })
}

/**
 * Moves it by one second: in a circle of 25 s that climbs at 2 m/s, or straight on at 14 m/s while it sinks at 1 m/s.
 */
export function fly(glider: Glider, random: () => number): void {
  const {isClimbing} = glider
  glider.heading += isClimbing ? 0.25 : (random() - 0.5) * 0.05
  const speed = isClimbing ? 9 : 14
  glider.lat += Math.round(Math.cos(glider.heading) * speed * LAT_PER_M)
  glider.lon += Math.round(Math.sin(glider.heading) * speed * LON_PER_M) + DRIFT
  glider.altitude += isClimbing ? 1.5 + random() : -0.5 - random()
  if (glider.altitude < 1100) glider.isClimbing = true
  else if (isClimbing && glider.altitude > 2800) leaveThermal(glider)
}

function leaveThermal(glider: Glider): void {
  glider.isClimbing = false
  const north = glider.homeLat - glider.lat
  const east = glider.homeLon - glider.lon
  if (Math.max(Math.abs(north), Math.abs(east)) > FAR) glider.heading = Math.atan2(east, north)
}
