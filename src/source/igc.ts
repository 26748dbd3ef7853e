import {isUtf8} from 'node:buffer'
import {QtoolError} from '../errors.ts'
import {TextBatcher} from './batcher.ts'
import {IgcDay} from './igc-day.ts'
import {bytesOf, type Line, readLines} from './lines.ts'
import type {Chunks, Flight, Source} from './source.ts'
import {type Fix, fixText, stableUuid, trackName} from './track.ts'

/** B record: time, latitude, longitude, validity, pressure altitude, GNSS altitude, extensions. */
const FIX = /^B(\d{2})(\d{2})(\d{2})(\d{2})(\d{5})([NS])(\d{3})(\d{5})([EW])([AV])([-\d]\d{4})([-\d]\d{4})/

/** A line that only an IGC file has. */
const HEADER = /^(A[A-Z0-9]{3}|H[FOP][A-Z0-9]{3})/

const INDENT = /^[ \t]+/

/** A byte order mark, read as Latin-1. */
const BOM = '\u00ef\u00bb\u00bf'

/**
 * Reads a flight recorder file (FAI IGC, "Technical Specification for IGC-approved Flight Recorders", appendix A).
 * All times are UTC. A track that passes midnight continues on the next day; see IgcDay. V fixes (2D) are kept; their
 * GNSS altitude is left out if it is 0. A recorder without a barometer writes pressure altitude 0, which is left out
 * until the first other value. Spikes stay as they are.
 * @param now ms since 1970; no date is later than that
 * @throws QtoolError `FORMAT` if nothing in the file is IGC
 */
export async function* readIgc(name: string, chunks: Chunks, maxBytes: number, now = Date.now()): Source {
  const batcher = new TextBatcher(name, maxBytes)
  const track = new IgcTrack(name, now)
  for await (const lines of readLines(chunks, maxBytes)) {
    for (const line of lines) {
      track.read(batcher, line)
      if (batcher.isFull) yield batcher.take()
    }
    if (!batcher.isEmpty) yield batcher.take()
  }
  track.assertIgc()
}

class IgcTrack {
  readonly #name: string
  #recorder: string | null = null
  #glider: string | null = null
  #pilot: string | null = null
  readonly #day: IgcDay
  /** A file that has text but no line of the format is not IGC. */
  #hasText = false
  #isIgc = false
  #latExtra: [number, number] | undefined
  #lonExtra: [number, number] | undefined
  #hasBarometer = false
  #flight: Flight | undefined

  constructor(name: string, now: number) {
    this.#name = name
    this.#day = new IgcDay(now)
  }

  read(batcher: TextBatcher, {line, text: whole}: Line): void {
    // An indented line is read as if it were not indented
    const text = (line === 1 && whole.startsWith(BOM) ? whole.slice(BOM.length) : whole).replace(INDENT, '')
    this.#hasText ||= text.trim() !== ''
    this.#isIgc ||= text.startsWith('B') || HEADER.test(text)
    if (text.startsWith('B')) this.#fix(batcher, line, text)
    else if (/^H[FOP]DTE/.test(text)) this.#day.header(text)
    else if (text.startsWith('A')) this.#recorder ??= textOf(text.slice(1))
    else if (text.startsWith('I')) this.#extensions(text)
    else if (/^H.PLT/.test(text)) this.#pilot = headerValue(text)
    else if (/^H.GID/.test(text)) this.#glider = headerValue(text)
  }

  /** @throws QtoolError `FORMAT` for a file of something else */
  assertIgc(): void {
    if (this.#isIgc || !this.#hasText) return
    throw new QtoolError(`${this.#name} is not an IGC file: none of its lines is a record of that format`, {
      code: 'FORMAT',
      kind: 'usage',
      suggestions: ['if it is another format, name it with --format'],
    })
  }

  /** I record: which columns after the standard ones hold more decimals of the minutes (LAD, LOD). */
  #extensions(text: string): void {
    for (const [, from, to, code] of text.slice(3).matchAll(/(\d{2})(\d{2})([A-Z]{3})/g)) {
      if (code === 'LAD') this.#latExtra = [Number(from) - 1, Number(to)]
      if (code === 'LOD') this.#lonExtra = [Number(from) - 1, Number(to)]
    }
  }

  #fix(batcher: TextBatcher, line: number, text: string): void {
    const match = FIX.exec(text)
    const fault = match ? faultOf(match) : 'is not a B record of the IGC format'
    if (!match || fault) {
      batcher.reject(line, 'FORMAT', fault ?? '', bytesOf(text))
      return
    }
    const [, hour, minute, second, latDeg, latMin, ns, lonDeg, lonMin, ew, validity, pressure, gnss] = match
    const day = this.#day.of(Number(hour) * 3600 + Number(minute) * 60 + Number(second), validity === 'A')
    if (day === undefined) {
      batcher.reject(line, 'NO_DATE', 'comes before any HFDTE line, so its date is unknown', bytesOf(text))
      return
    }
    const lat = degrees(latDeg, latMin, this.#extra(text, this.#latExtra), ns === 'S')
    const lon = degrees(lonDeg, lonMin, this.#extra(text, this.#lonExtra), ew === 'W')
    if (Number(pressure) !== 0) this.#hasBarometer = true
    const fix = {
      datetime: `${day}T${hour}:${minute}:${second}Z`,
      lat,
      lon,
      elevation: validity === 'V' && Number(gnss) === 0 ? undefined : String(Number(gnss)),
      barometricAltitude: this.#hasBarometer ? String(Number(pressure)) : undefined,
    }
    batcher.add(fixText(this.#announce(batcher, fix), fix), line, bytesOf(text))
  }

  #extra(text: string, columns: [number, number] | undefined): string {
    const digits = columns ? text.slice(...columns) : ''
    return /^\d+$/.test(digits) ? digits : ''
  }

  /** The recorder and the first fix identify a flight, whatever the file is called. */
  #announce(batcher: TextBatcher, {datetime, lat, lon}: Fix): Flight {
    if (this.#flight) return this.#flight
    const deviceId = this.#recorder ?? this.#glider
    this.#flight = {
      id: stableUuid(`igc ${deviceId} ${datetime} ${lat} ${lon}`),
      flightId: trackName(this.#name),
      pilotName: this.#pilot,
      source: 'igc',
      deviceId,
    }
    batcher.announce(this.#flight)
    return this.#flight
  }
}

/** The text after the colon of a header line, or after its three-letter code if there is no colon. */
function headerValue(text: string): string | null {
  return textOf(text.slice(text.includes(':') ? text.indexOf(':') + 1 : 5))
}

/** Decodes header text: newer recorders write UTF-8, older ones Latin-1. Null if it is empty. */
function textOf(latin1: string): string | null {
  const bytes = bytesOf(latin1)
  return (isUtf8(bytes) ? bytes.toString() : latin1).replaceAll('\0', '').trim() || null
}

/** What is wrong with a B record of the right shape; undefined if nothing is. */
function faultOf([, hour, minute, second, latDeg, latMin, , lonDeg, lonMin]: RegExpExecArray):
  | string
  | undefined {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return 'has an invalid time of day'
  const beyond =
    Number(latDeg) + Number(latMin) / 60_000 > 90 || Number(lonDeg) + Number(lonMin) / 60_000 > 180
  const minutes = Number(latMin) >= 60_000 || Number(lonMin) >= 60_000
  return beyond || minutes ? 'has an invalid position' : undefined
}

/** Degrees and thousandths of minutes (with more decimals in `extra`) as decimal degrees, to about 1 cm. */
function degrees(whole: string, thousandths: string, extra: string, negative: boolean): string {
  const minutes = Number(`${thousandths.slice(0, 2)}.${thousandths.slice(2)}${extra}`)
  const value = Number(whole) + minutes / 60
  return (negative ? -value : value).toFixed(7)
}
