import {createHash} from 'node:crypto'
import {basename} from 'node:path'

/** One fix as a record of the sample schema; numbers are text, so they keep the digits of their source. */
export interface Fix {
  datetime: string
  lat: string
  lon: string
  elevation?: string
  barometricAltitude?: string
}

/** The JSON text of a fix. */
export function fixText(flight: {id: string; flightId: string; deviceId: string | null}, fix: Fix): string {
  const optional = [
    fix.elevation === undefined ? '' : `,"elevation":${fix.elevation}`,
    fix.barometricAltitude === undefined ? '' : `,"barometric_altitude":${fix.barometricAltitude}`,
    flight.deviceId === null ? '' : `,"device_id":${JSON.stringify(flight.deviceId)}`,
  ]
  const head = `"flight_uuid":"${flight.id}","flight_id":${JSON.stringify(flight.flightId)}`
  return `{${head},"datetime":"${fix.datetime}","lat":${fix.lat},"lon":${fix.lon}${optional.join('')}}`
}

/** A uuid that is the same for the same identity every time (RFC 9562, version 8: SHA-256 of a text). */
export function stableUuid(identity: string): string {
  const hex = createHash('sha256').update(identity).digest('hex')
  const variant = ((Number.parseInt(hex[16], 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The file's name without folders and extensions. */
export function trackName(path: string): string {
  return basename(path)
    .replace(/\.(gz|igc|gpx)$/gi, '')
    .replace(/\.(igc|gpx)$/i, '')
}
