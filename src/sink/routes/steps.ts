import type {Sink} from '../sink.ts'
import type {KeyGroups} from './key-groups.ts'

/** The steps in which the records of a lease are written, each with records for one table. */
export interface Steps {
  readonly tables: readonly Sink[]
  /** How many of them make a turn, after which everything is as if the lease had ended. */
  readonly ofTurn: number
  /** The step of a record. @param number among the records of the lease */
  of(sink: Sink, number: number): number
  readonly keys: KeyGroups
}
