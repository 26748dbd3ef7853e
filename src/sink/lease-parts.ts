import type {ReadItems} from '../record/payload/read-items.ts'
import type {DecodedLease} from './decode/decoded.ts'
import type {Steps} from './routes/steps.ts'
import type {Sink} from './sink.ts'

/** The records of a lease that are for one table, or those of one step. */
export interface Part {
  sink: Sink
  lease: DecodedLease
  /** The parts for tables that this one refers to. */
  parents: ReadonlyArray<Pick<Part, 'sink' | 'lease'>>
}

/** The records of one lease, apart by table. */
export class LeaseParts {
  /** The items as they were in the queue. */
  readonly read: ReadItems
  /** At least one for each table, in the order in which they are written. */
  readonly all: readonly Part[]
  /** What they are apart by, if not by table alone. */
  readonly steps: Steps | undefined

  /** Records that no table takes: all are refused. */
  readonly rest: DecodedLease | undefined

  constructor(read: ReadItems, all: readonly Part[], routed: {rest?: DecodedLease; steps?: Steps} = {}) {
    this.read = read
    this.all = all
    this.rest = routed.rest
    this.steps = routed.steps
  }

  /** The tables, in the order in which they are written. */
  get sinks(): Sink[] {
    return [...new Set(this.all.map(({sink}) => sink))]
  }

  /** The records of all tables, and the rest. */
  get leases(): DecodedLease[] {
    return [...this.all.map(({lease}) => lease), ...(this.rest ? [this.rest] : [])]
  }

  /** Number of records. */
  get count(): number {
    return this.leases.reduce((sum, lease) => sum + lease.count, 0)
  }

  /** Items in which no record was found; a record is found where one is refused, too. */
  get empty(): number {
    const {leases} = this
    if (leases.length === 1) return leases[0].empty
    return this.read.texts.count - new Set(leases.flatMap(({itemOf}) => itemOf)).size
  }

  /** Whether a record has been refused so far. */
  get refusesSome(): boolean {
    return this.leases.some(({rejections}) => rejections.length > 0)
  }

  /** The names of the tables, as the ledger has them. */
  get tables(): string {
    return this.sinks.map(({name}) => name).join(', ')
  }
}
