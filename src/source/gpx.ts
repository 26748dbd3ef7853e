import {SaxesParser} from 'saxes'
import {QtoolError} from '../errors.ts'
import {TextBatcher} from './batcher.ts'
import {gpxTime} from './gpx-time.ts'
import type {Chunks, Flight, Source} from './source.ts'
import {fixText, stableUuid, trackName} from './track.ts'

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/
/** The other forms that xsd:decimal allows and sloppy writers use. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/**
 * Reads the track points of a GPX 1.0 or 1.1 file; waypoints and routes are not track points. Each track is a flight.
 * A point without a time is rejected, since the time is part of its identity. Entities of a DTD are errors and are
 * not expanded; the parts of a point stay in memory only while the point is open.
 * @throws QtoolError `FORMAT` for XML of another kind
 */
export async function* readGpx(name: string, chunks: Chunks, maxBytes: number): Source {
  const batcher = new TextBatcher(name, maxBytes)
  const reader = new GpxReader(name, batcher, maxBytes)
  const decoder = new TextDecoder('utf-8')
  for await (const chunk of chunks) {
    reader.write(decoder.decode(chunk, {stream: true}))
    if (!batcher.isEmpty) yield batcher.take()
    if (reader.isBroken) break
  }
  reader.close()
  if (!batcher.isEmpty) yield batcher.take()
  reader.assertGpx()
}

/** Deepest nesting of elements; GPX needs far less. */
const DEEPEST = 100

interface Point {
  line: number
  lat: string
  lon: string
  time?: string
  elevation?: string
}

class GpxReader {
  readonly #name: string
  readonly #batcher: TextBatcher
  readonly #parser = new SaxesParser()
  /** Local names of the open elements. */
  readonly #open: string[] = []
  readonly #maxBytes: number
  #text = ''
  /** Characters since the last tag, which the parser holds in memory. */
  #pending = 0
  #track = 0
  #root: string | undefined
  /** Whether it has found a point, good or bad, or an error in the file. */
  #hasRead = false
  #flight: Flight | undefined
  #point: Point | undefined
  isBroken = false

  constructor(name: string, batcher: TextBatcher, maxBytes: number) {
    this.#name = name
    this.#maxBytes = maxBytes
    this.#batcher = batcher
    this.#parser.on('opentag', (tag) => this.#enter(localName(tag.name), tag.attributes))
    this.#parser.on('closetag', (tag) => this.#leave(localName(tag.name)))
    const onText = (text: string) => {
      if (this.#point) this.#text += text
    }
    this.#parser.on('text', onText)
    this.#parser.on('cdata', onText)
    this.#parser.on('error', (error) => this.#break(error.message))
  }

  write(text: string): void {
    if (this.isBroken) return
    this.#pending += text.length
    this.#parser.write(text)
    if (this.#pending > this.#maxBytes) this.#break(`more than ${this.#maxBytes} characters without a tag`)
  }

  close(): void {
    if (!this.isBroken) this.#parser.close()
  }

  /** @throws QtoolError `FORMAT` for XML of another kind */
  assertGpx(): void {
    if (this.#root === undefined || this.#root === 'gpx' || this.#hasRead) return
    throw new QtoolError(
      `${this.#name} is not a GPX file: its root element is ${JSON.stringify(this.#root)}`,
      {
        code: 'FORMAT',
        kind: 'usage',
        suggestions: ['if it is another format, name it with --format'],
      },
    )
  }

  /** The parser would go on after an error, but what it makes of the rest is a guess. */
  #break(message: string): void {
    if (this.isBroken) return
    this.isBroken = true
    this.#hasRead = true
    const shown = `not well-formed XML, so the rest was not read: ${message.replace(/^\S*:? ?/, '')}`
    this.#batcher.reject(this.#parser.line, 'FORMAT', shown, Buffer.alloc(0))
  }

  #enter(name: string, attributes: Record<string, unknown>): void {
    this.#root ??= name
    this.#open.push(name)
    if (this.#open.length > DEEPEST) this.#break(`elements nested deeper than ${DEEPEST} levels`)
    this.#pending = 0
    this.#text = ''
    if (name === 'trk') {
      this.#track++
      this.#flight = undefined
    }
    if (name !== 'trkpt') return
    this.#point = {
      line: this.#parser.line,
      lat: String(attributes.lat ?? ''),
      lon: String(attributes.lon ?? ''),
    }
  }

  #leave(name: string): void {
    this.#open.pop()
    this.#pending = 0
    if (this.isBroken) return
    const parent = this.#open.at(-1)
    if (this.#point && parent === 'trkpt' && name === 'time') this.#point.time = this.#text.trim()
    if (this.#point && parent === 'trkpt' && name === 'ele') this.#point.elevation = this.#text.trim()
    if (name === 'trkpt' && this.#point) {
      this.#add(this.#point)
      this.#point = undefined
    }
  }

  #add(point: Point): void {
    this.#hasRead = true
    const lat = degrees(point.lat, 90)
    const lon = degrees(point.lon, 180)
    const time = point.time ? gpxTime(point.time) : undefined
    if (lat === undefined || lon === undefined) this.#reject(point, 'FORMAT', 'has an invalid position')
    else if (!point.time) this.#reject(point, 'NO_TIME', 'has no time, which is needed to tell points apart')
    else if (time === undefined) {
      this.#reject(point, 'FORMAT', `has an invalid time: ${point.time}`)
    } else {
      const fix = {datetime: time, lat, lon, elevation: numeral(point.elevation)}
      this.#batcher.add(fixText(this.#announce(time, lat, lon), fix), point.line, pointText(point))
    }
  }

  #reject({line, lat, lon, time}: Point, code: string, message: string): void {
    this.#batcher.reject(line, code, message, pointText({line, lat, lon, time}))
  }

  #announce(time: string, lat: string, lon: string): Flight {
    if (this.#flight) return this.#flight
    const base = trackName(this.#name)
    this.#flight = {
      id: stableUuid(`gpx ${this.#track} ${time} ${lat} ${lon}`),
      flightId: this.#track > 1 ? `${base}-${this.#track}` : base,
      pilotName: null,
      source: 'gpx',
      deviceId: null,
    }
    this.#batcher.announce(this.#flight)
    return this.#flight
  }
}

/** A point roughly as it was in the file, whose own bytes the parser does not keep. */
function pointText({lat, lon, time}: Point): Buffer {
  return Buffer.from(
    `<trkpt lat="${lat}" lon="${lon}">${time === undefined ? '' : `<time>${time}</time>`}</trkpt>`,
  )
}

/** A name without its namespace prefix. */
function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** A number as JSON writes it, with the digits of the source if possible. */
function numeral(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined
  if (NUMBER.test(text)) return text
  const value = DECIMAL.test(text.trim()) ? Number(text) : Number.NaN
  return Number.isFinite(value) ? String(value) : undefined
}

function degrees(text: string, most: number): string | undefined {
  const value = numeral(text)
  return value !== undefined && Math.abs(Number(value)) <= most ? value : undefined
}
