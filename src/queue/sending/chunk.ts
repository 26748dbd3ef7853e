import type {ChainableCommander} from 'ioredis'

/** How an engine puts items into commands. */
export interface ItemWriter {
  /** An empty chunk, which is used again after it was sent. */
  newChunk(): Chunk
  /** Adds a command for each item to a transaction, as often as it is called. */
  singly(items: readonly Buffer[]): (transaction: ChainableCommander) => void
}

/** Items that one command adds; its bytes belong to the command until the reply has come. */
export interface Chunk {
  readonly members: number
  /** Bytes of the items so far. */
  readonly size: number
  /** Adds the item `source[start..end]`, which is copied. */
  add(source: Buffer, start: number, end: number): void
  /** A copy of the first item. */
  first(): Buffer
  /** Copies of all items, in their order; needed of an engine that is spread over shards. */
  all?(): Buffer[]
  clear(): void
  addTo(transaction: ChainableCommander): void
}

/** Copies of all items of a chunk. */
export function itemsOf(chunk: Chunk): Buffer[] {
  if (chunk.all) return chunk.all()
  throw new Error('expected a chunk that gives its items back, as that of every queue that is spread')
}

/** A chunk is sent early when it holds this many bytes. */
const CHUNK_BYTES = 1024 * 1024

/** @param batch - members of a full chunk */
export function isFull(chunk: Chunk, batch: number): boolean {
  return chunk.members >= batch || chunk.size >= CHUNK_BYTES
}
