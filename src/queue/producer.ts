export interface ProducerOptions {
  mode: EnqueueMode
  /** Items of one chunk: one variadic ZADD (`batch`), or one flush of a pipeline (`pipeline`). */
  batch: number
  /** 0 leaves first; see `assertPriority`. */
  priority: number
  /**
   * Told that Redis is unreachable, and that it is back. With it the producer waits without end, until `signal`; without
   * it, it gives up after as long as the connection allows.
   */
  onOutage?: (text: string) => void
  /** Ends all waiting for an unreachable Redis. */
  signal?: AbortSignal
  /** Traces some of the chunks. */
  tracing?: ChunkTracing
}

/** Traces some of the chunks that a producer sends. */
export interface ChunkTracing {
  /** Called before every chunk. @returns undefined for one that is not traced */
  begin(): TracedChunk | undefined
}

export interface TracedChunk {
  /** What makes a trace of what comes after part of this one: W3C `traceparent`. */
  context: string
  /** @param added items that the queue had not held before */
  sent(items: number, added: number): void
  failed(error: unknown): void
}

/** How items are sent. */
export type EnqueueMode = 'single' | 'pipeline' | 'batch'

/** A place among the items that were added, as only their producer understands it. */
export type Mark = readonly number[]

/** Puts items into a queue, each exactly once. The counts are final after `finish`. */
export interface Producer {
  /** Records in each item that is added from now on; change it only right after `flush`. */
  recordsPerItem: number
  /** Whether identical items are one in this queue. */
  readonly collapses: boolean
  /** Items that the queue had not held before, and the records in them. */
  readonly items: number
  readonly added: number
  /** Records of items that were there already, byte for byte. */
  readonly duplicates: number
  /** Records sent whose reply has not come. */
  readonly pending: number
  /** Records in Redis that too few servers confirmed before the producer gave up. */
  readonly unconfirmed: number
  /** Chunks sent so far. */
  readonly chunks: number
  /** Items of the current chunk, which has not been sent. */
  readonly held: number
  /** Aborted by the first failure, which `flush` and `finish` throw. */
  readonly failed: AbortSignal
  /** Marks what has been added so far. @param isHolding whether what comes next belongs to it as well */
  mark(how: {isHolding: boolean}): Mark
  /** Whether everything that was added before a mark is in the queue for certain. */
  hasSettled(mark: Mark): boolean
  /** Call before a batch of items: reads the clock of Redis again if that was long ago. */
  synchronize(): Promise<void> | undefined
  /** Adds `bytes[start..end]`, which are copied. Await the result before the next call if it is a promise. */
  add(bytes: Buffer, start: number, end: number): Promise<void> | undefined
  /** Sends what has been added; resolves when there is room for more. */
  flush(): Promise<void>
  /** Sends the rest and waits for every reply. */
  finish(): Promise<void>
  /** Number of ready items, read over the producer's own connection. */
  depth(): Promise<number>
  close(): Promise<void>
}
