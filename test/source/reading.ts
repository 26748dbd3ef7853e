import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {gunzipSync} from 'node:zlib'
import type {Chunks, Flight, Reject, Source} from '../../src/source/source.ts'

export const TRACKS = join(import.meta.dirname, '../../examples/tracks')

export const MAX_BYTES = 1024 * 1024

export interface Everything {
  items: string[]
  rejects: Reject[]
  flights: Flight[]
  /** Most items and rejects that one batch held. */
  largestBatch: number
}

/** Reads a source to its end, copying what it hands out: batches are reused. */
export async function readAll(source: Source): Promise<Everything> {
  const all: Everything = {items: [], rejects: [], flights: [], largestBatch: 0}
  for await (const batch of source) {
    for (let i = 0; i < batch.count; i++) {
      all.items.push(batch.bytes.toString('utf8', batch.starts[i], batch.ends[i]))
    }
    all.rejects.push(...batch.rejects.map((reject) => ({...reject, bytes: Buffer.from(reject.bytes)})))
    all.flights.push(...batch.flights)
    all.largestBatch = Math.max(all.largestBatch, batch.count + batch.rejects.length)
  }
  return all
}

/** The bytes in pieces of `size`. */
export async function* inPieces(bytes: Buffer | string, size = MAX_BYTES): Chunks {
  const buffer = Buffer.from(bytes)
  for (let at = 0; at < buffer.length; at += size) yield buffer.subarray(at, at + size)
}

/** `line code` of each reject. */
export function codes({rejects}: Everything): string[] {
  return rejects.map(({line, code}) => `${line} ${code}`)
}

/** A sample track, gunzipped. */
export async function readTrack(name: string): Promise<Buffer> {
  return gunzipSync(await readFile(join(TRACKS, `${name}.gz`)))
}
