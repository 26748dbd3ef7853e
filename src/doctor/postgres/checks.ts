import type {Check} from '../check.ts'
import {BLOCKED} from './checks/blocked.ts'
import {CACHE_HITS} from './checks/cache-hits.ts'
import {CHECKPOINTS} from './checks/checkpoints.ts'
import {CHILD_INDEX} from './checks/child-index.ts'
import {CONNECTIONS} from './checks/connections.ts'
import {DEAD_TUPLES} from './checks/dead-tuples.ts'
import {DEADLOCKS} from './checks/deadlocks.ts'
import {FSYNC} from './checks/fsync.ts'
import {FULL_PAGE_WRITES} from './checks/full-page-writes.ts'
import {IDLE_IN_TRANSACTION} from './checks/idle-in-transaction.ts'
import {LEDGER} from './checks/ledger.ts'
import {LONG_QUERIES} from './checks/long-queries.ts'
import {PARENT_LOOKUP} from './checks/parent-lookup.ts'
import {READ_ONLY} from './checks/read-only.ts'
import {ROLLBACKS} from './checks/rollbacks.ts'
import {SEQUENCES} from './checks/sequences.ts'
import {STANDBYS} from './checks/standbys.ts'
import {SYNCHRONOUS_COMMIT} from './checks/synchronous-commit.ts'
import {TABLE} from './checks/table.ts'
import {TRANSACTION_IDS} from './checks/transaction-ids.ts'
import {UNIQUE_KEY} from './checks/unique-key.ts'
import type {PostgresFacts} from './facts.ts'

/** What the doctor looks at in Postgres: what stops writes first, then what slows them down or wears out. */
export const POSTGRES_CHECKS: ReadonlyArray<Check<PostgresFacts>> = [
  READ_ONLY,
  TABLE,
  LEDGER,
  BLOCKED,
  CONNECTIONS,
  STANDBYS,
  FSYNC,
  FULL_PAGE_WRITES,
  SYNCHRONOUS_COMMIT,
  UNIQUE_KEY,
  CHILD_INDEX,
  PARENT_LOOKUP,
  SEQUENCES,
  TRANSACTION_IDS,
  DEAD_TUPLES,
  IDLE_IN_TRANSACTION,
  LONG_QUERIES,
  DEADLOCKS,
  ROLLBACKS,
  CACHE_HITS,
  CHECKPOINTS,
]
