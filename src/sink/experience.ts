import {AttemptGate} from './attempt-gate.ts'
import {Deadlocks} from './deadlocks.ts'

/** What writing into a table has shown since its catalog was read. All who write with a sink share it. */
export class Experience {
  /** Whether a lease should try COPY; see `writeLease`. */
  readonly copies = new AttemptGate()
  /** Whether it should try to insert all records in one statement; see `Trial`. */
  readonly sets = new AttemptGate()
  /** Whether it should try to keep those apart that break a constraint before any trigger; see `Trial`. */
  readonly hints = new AttemptGate()
  /** Leases have met deadlocks; see `waitForOthers`. */
  readonly deadlocks = new Deadlocks()
  /** The last lease whose parents were locked had records without one, so the next is prepared to refuse some. */
  metOrphans = false
  /** Records were written, so the setup as a whole works. */
  hasWritten = false
}
