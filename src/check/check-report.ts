import type {Obstacle} from '../letters/obstacles.ts'
import type {DeadReason} from '../record/cause.ts'
import type {Written} from '../record/outcomes.ts'
import type {Reject} from '../source/source.ts'
import type {MissingColumn} from './given-columns.ts'
import type {Proposal} from './proposals.ts'
import type {UnknownKey} from './unknown-keys.ts'

/** An item that would be refused, at the place where it was read. */
export type RefusedItem = Reject & {reason: DeadReason}

/** Why records would be refused, with the values at fault. */
export interface CheckObstacle extends Omit<Obstacle, 'letters' | 'alone' | 'top'> {
  /** The values with the most records. */
  top: Array<{value: string; items: number; records: number}>
  /** Items that meet it, and those of them that meet no other. */
  items: number
  alone: number
  /** The beginning of a record that meets it; `example` is where it was read. */
  exampleText: string
}

/** Counts of records, unless they say otherwise. */
export interface CheckReport extends Written {
  /** Lines, rows or elements that were read. */
  read: number
  /** Identical items, of which only one is kept. */
  duplicates: number
  /** With the lines that cannot be items: each is counted as a record that is refused. */
  records: number
  /** Records that would become rows, or are rows already. */
  passing: number
  /** Records that would become dead letters, and lines that cannot be items. */
  refused: number
  /** Records that could not be judged: see the obstacles with the state `unknown`. */
  unknown: number
  /** Of those already there: records that repeat the key of an earlier one in what was read. */
  repeated: number
  /** Items that hold no record. */
  empty: number
  obstacles: CheckObstacle[]
  moreObstacles: number
  /** How often keys were given that name no column. */
  unknownKeyCount: number
  unknownKeys: Array<UnknownKey & OfTable>
  missingColumns: Array<MissingColumn & OfTable>
  proposals: Array<Proposal & OfTable>
  /** The records for each table; those that no table takes are in none. */
  tables: Record<string, Written & {records: number; refused: number}>
}

/** Null if all records go into one table. */
export interface OfTable {
  table: string | null
}
