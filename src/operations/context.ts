import type {Pool} from 'pg'
import type {PoolOptions} from '../postgres/pool.ts'
import type {Report, Stage} from '../progress/stage.ts'
import type {AuditLog} from '../queue/audit.ts'
import type {Mapping} from '../queue/binding.ts'
import type {QueueEngine} from '../queue/engine.ts'

/** Who asks for an operation. */
export interface Actor {
  /** `user@host`. */
  who: string
  profile: string | null
  /** @throws QtoolError (refused) if nothing may be changed here, as with a read-only profile */
  assertMayWrite(): void
  /** The same for statements that are rolled back: triggers run nevertheless. @throws QtoolError (refused) */
  assertMayTry(): void
}

/** What an operation is given by whoever asked for it, be that a command or something else. */
export interface Caller {
  actor: Actor
  /** How records become rows, unless the workers of the queue say otherwise. */
  mapping: Mapping
  /** Aborted to end the operation early. */
  signal: AbortSignal
  /** Tells the user something that is not part of the result. */
  note(text: string): void
  /** Shows how far a stage is while `work` runs, which reports that. */
  withProgress<R>(stage: Stage, work: (report: Report) => Promise<R>): Promise<R>
  /** Lends the queue that is asked about, and closes its connection on every path. */
  withQueue<R>(use: (context: Context) => Promise<R>): Promise<R>
  /** Lends a Postgres pool and closes it on every path. */
  withPostgres<R>(options: PoolOptions, use: (pool: Pool) => Promise<R>): Promise<R>
}

/** A caller with the queue that it asks about, and the audit of its Redis. */
export interface Context extends Caller {
  queue: QueueEngine
  audit: AuditLog
}
