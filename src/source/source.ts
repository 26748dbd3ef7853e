/** A line (or row, track point, array element) that cannot become an item. */
export interface Reject {
  /** File name as given, or `stdin`. */
  source: string
  /** 1-based: line of a text file, element of a JSON array, fix of a track. */
  line: number
  /** `JSON`, `UTF8`, `NUL`, `SURROGATE`, `DEPTH`, `SIZE`, `SHAPE`, or a reader's own code such as `NO_TIME`. */
  code: string
  message: string
  /** The exact bytes, cut to a limit of the reader for very long ones. */
  bytes: Buffer
}

/** A parent that a track file announces; written to `flights` before its points are enqueued. */
export interface Flight {
  /** uuid, the same for the same track every time. */
  id: string
  flightId: string
  pilotName: string | null
  source: string
  deviceId: string | null
}

/**
 * What a reader yields: items that passed `ItemCheck`, as spans of one buffer, and the lines that did not.
 * `bytes` belongs to the receiver until it asks for the next batch.
 */
export interface Batch {
  source: string
  bytes: Buffer
  /** Items; their text is `bytes[starts[i]..ends[i]]`. */
  count: number
  starts: Uint32Array
  ends: Uint32Array
  rejects: Reject[]
  flights?: Flight[]
}

/** A stream of batches in bounded memory. */
export type Source = AsyncIterable<Batch>
