import type {ReadItems} from '../record/payload/read-items.ts'
import type {DecodedLease} from './decode/decoded.ts'
import type {Sink} from './sink.ts'

/** The records of a lease that are for one table. */
export interface Part {
  sink: Sink
  lease: DecodedLease
}

/** The records of one lease, apart by table. */
export class LeaseParts {
  /** The items as they were in the queue. */
  readonly read: ReadItems
  /** One for each table, in the order in which they are written. */
  readonly all: readonly Part[]

  constructor(read: ReadItems, all: readonly Part[]) {
    this.read = read
    this.all = all
  }

  /** Number of records. */
  get count(): number {
    return this.all.reduce((sum, {lease}) => sum + lease.count, 0)
  }

  /** Items in which no record was found; a record is found where one is refused, too. */
  get empty(): number {
    if (this.all.length === 1) return this.all[0].lease.empty
    return this.read.texts.count - new Set(this.all.flatMap(({lease}) => lease.itemOf)).size
  }

  /** Whether a record has been refused so far. */
  get refusesSome(): boolean {
    return this.all.some(({lease}) => lease.rejections.length > 0)
  }

  /** The names of the tables, as the ledger has them. */
  get tables(): string {
    return this.all.map(({sink}) => sink.name).join(', ')
  }
}
