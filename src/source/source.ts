/** A line (or row, track point, array element) that cannot become an item. */
export interface Reject {
  /** File name as given, or `stdin`. */
  source: string
  /** 1-based: line of a text file, element of a JSON array. */
  line: number
  /** `JSON`, `UTF8`, `NUL`, `SURROGATE`, `DEPTH`, `SIZE`, `SHAPE`, or a reader's own: `FORMAT`, `NO_TIME`, `NO_DATE`. */
  code: string
  message: string
  /** The exact bytes; only the first SHOWN_BYTES of an overlong line. */
  bytes: Buffer
}

/** How much of an overlong line is kept for the list of rejects. */
export const SHOWN_BYTES = 4096

/** A parent that a track announces; written to `flights` before its points are enqueued. */
export interface Flight {
  /** uuid, the same for the same track every time. */
  id: string
  flightId: string
  pilotName: string | null
  source: string
  deviceId: string | null
}

/**
 * What a reader yields: items that passed `ItemCheck`, as spans of one buffer, and the lines that did not. Everything
 * in it may be reused for the next batch: the receiver copies what it keeps.
 */
export interface Batch {
  source: string
  bytes: Buffer
  /** Items; the text of item i is `bytes[starts[i]..ends[i]]`. */
  count: number
  starts: Uint32Array
  ends: Uint32Array
  /** Where each item was read: its 1-based line of a text file, or element of a JSON array. */
  lines: Uint32Array
  rejects: Reject[]
  /** For each of the rejects, how many items of the batch come before it. */
  itemsBefore: number[]
  /** Announced in or before the batch with their first points. */
  flights: Flight[]
}

/** A stream of batches in bounded memory. */
export type Source = AsyncIterable<Batch>

/** The bytes of a file as they come, decompressed. */
export type Chunks = AsyncIterable<Buffer>
