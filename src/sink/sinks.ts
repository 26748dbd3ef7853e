import type {ClientBase} from 'pg'
import type {ReadItems, ReadOptions} from '../record/payload/read-items.ts'
import {LeaseParts} from './lease-parts.ts'
import {openSink, type Sink, type SinkOptions} from './sink.ts'

/** The tables that the leases of a queue are written into, parents before their children. */
export class Sinks {
  readonly all: readonly Sink[]

  /** @param all at least one */
  constructor(all: readonly Sink[]) {
    this.all = all
  }

  /** How items are read into records, which is the same for all tables. */
  get readOptions(): ReadOptions {
    return this.all[0].readOptions
  }

  /** The names of the tables, with their schemas. */
  get names(): string {
    return this.all.map(({name}) => name).join(', ')
  }

  /** Changes with every column that is added, dropped or renamed. */
  get fingerprint(): string {
    return this.all.map(({table}) => table.fingerprint).join(' ')
  }

  /** @param laneOf see `Decoder.decode` */
  decode(read: ReadItems, laneOf: (sink: Sink) => 'copy' | 'careful'): LeaseParts {
    return new LeaseParts(
      read,
      this.all.map((sink) => ({sink, lease: sink.decoder.decode(read, laneOf(sink))})),
    )
  }

  /** Returns the buffers of a finished lease for reuse. */
  reclaim(parts: LeaseParts): void {
    for (const {sink, lease} of parts.all) sink.decoder.reclaim(lease)
  }

  /** How many items hold no record. */
  countEmpty(read: ReadItems): number {
    const parts = this.decode(read, () => 'careful')
    this.reclaim(parts)
    return parts.empty
  }

  /** Reads the tables again. @throws QtoolError as `openSinks` does */
  reopen(client: ClientBase): Promise<Sinks> {
    return openSinks(
      client,
      this.all.map(({options}) => options),
    )
  }
}

/**
 * Reads the tables.
 * @param options of each
 * @throws QtoolError if one does not exist or the options do not fit it
 */
export async function openSinks(client: ClientBase, options: readonly SinkOptions[]): Promise<Sinks> {
  const all: Sink[] = []
  for (const one of options) all.push(await openSink(client, one))
  return new Sinks(all)
}
