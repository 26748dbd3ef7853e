import type {ClientBase} from 'pg'
import {type Conflict, conflictIn} from '../config/conflict.ts'
import type {ReadItems, ReadOptions} from '../record/payload/read-items.ts'
import {LeaseParts} from './lease-parts.ts'
import {readSteps} from './routes/read-steps.ts'
import type {Router} from './routes/router.ts'
import type {Sink, SinkOptions} from './sink.ts'

/** The tables that the leases of a queue are written into, parents before their children. */
export class Sinks {
  readonly all: readonly Sink[]
  /** To open them again. */
  readonly options: SinkOptions
  /** How records meet the rows that have their keys, with the whole names of tables, as it is kept with the queue. */
  readonly conflict: Conflict
  readonly #router: Router | undefined

  /** @param all at least one @param routed how records are sorted by table, if not all go into one */
  constructor(all: readonly Sink[], routed?: {options: SinkOptions; conflict: Conflict; router: Router}) {
    this.all = all
    this.options = routed?.options ?? all[0].options
    this.conflict = routed?.conflict ?? conflictIn(all[0].options)
    this.#router = routed?.router
  }

  /** The tables, quoted for SQL where necessary, as they are kept with the queue. */
  get quoted(): string {
    return this.all.map(({table}) => table.quoted).join(', ')
  }

  /** The routes with the whole names of their tables, as they are kept with the queue; none if all go into one. */
  get routes(): string[] | undefined {
    return this.#router?.routes
  }

  /** How items are read into records, which is the same for all tables. */
  get readOptions(): ReadOptions {
    return this.all[0].readOptions
  }

  /** The names of the tables, with their schemas. */
  get names(): string {
    return this.all.map(({name}) => name).join(', ')
  }

  /** Changes with every change of a table's definition or columns. */
  get fingerprint(): string {
    return this.all.map(({table}) => table.fingerprint).join(' ')
  }

  /** @param laneOf see `Decoder.decode` */
  decode(read: ReadItems, laneOf: (sink: Sink) => 'copy' | 'careful'): LeaseParts {
    if (this.#router) return this.#router.decode(read, laneOf)
    const [sink] = this.all
    return new LeaseParts(read, [{sink, lease: sink.decoder.decode(read, laneOf(sink)), parents: []}])
  }

  /**
   * Puts the records of a lease into the order in which its tables can be written, if that is not table by table.
   * @param parts as they were decoded @returns the same, or others, decoded again
   */
  async inOrder(
    client: ClientBase,
    parts: LeaseParts,
    laneOf: (sink: Sink) => 'copy' | 'careful',
  ): Promise<LeaseParts> {
    const steps = this.#router && (await readSteps(client, parts))
    if (!this.#router || !steps) return parts
    this.reclaim(parts)
    return this.#router.decode(parts.read, laneOf, steps)
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
}
