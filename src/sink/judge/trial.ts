import type {ClientBase, DatabaseError} from 'pg'
import {causeOf} from '../../postgres/data-error.ts'
import {type FaultKind, faultOf} from '../../postgres/failure.ts'
import {attempt, rehearse} from '../../postgres/savepoint.ts'
import type {Cause} from '../../record/cause.ts'
import type {DecodedLease} from '../decode/decoded.ts'
import type {Shape} from '../decode/shape.ts'
import type {Sink} from '../sink.ts'
import type {OnConflict, Recordset} from '../write/recordset.ts'
import {type Suspicion, suspect} from './suspicion.ts'
import {findThere} from './there.ts'

/** A record that Postgres did not take. */
export interface Failure {
  record: number
  cause: Cause
  kind: FaultKind
  /** What Postgres said, of this record or of another that meets the same rule. */
  error: DatabaseError
}

interface TrialOptions {
  /** Find the record that meets a transient error, too, instead of throwing it. */
  isolate: boolean
  /** Call in the constraints behind each statement: a trigger may put them off to the COMMIT. */
  callsIn: boolean
}

/**
 * Writes records that Postgres has to judge one by one, without giving up the set: queries over the whole set find
 * what is surely at fault, one INSERT writes the rest, and what still fails is found by halving inside savepoints.
 * Needs a transaction. What becomes of the failures is not decided here.
 */
export class Trial {
  inserted = 0
  alreadyThere = 0
  suppressed = 0
  /** Records that Postgres took, or knew already. */
  readonly passed: number[] = []
  readonly failures: Failure[] = []
  readonly #client: ClientBase
  readonly #sink: Sink
  readonly #lease: DecodedLease
  readonly #how: TrialOptions
  readonly #probed = new Set<Recordset>()

  constructor(client: ClientBase, sink: Sink, lease: DecodedLease, how: TrialOptions) {
    this.#client = client
    this.#sink = sink
    this.#lease = lease
    this.#how = how
  }

  /**
   * @throws the error of Postgres where no record is at fault: a statement without any record fails as well, or a
   * transient error is not to be isolated
   */
  async run(records: number[]): Promise<void> {
    const selfReferences = this.#sink.table.foreignKeys.filter((key) => key.self).map((key) => key.name)
    for (let waiting = records; ; ) {
      const before = this.passed.length
      for (const [shape, members] of this.#byShape(waiting)) {
        await this.#write(this.#sink.recordset(shape), members)
      }
      if (selfReferences.length === 0 || this.passed.length === before) return
      // A parent of other columns than its child may have come later
      waiting = this.#takeBack(({cause}) => selfReferences.includes(cause.constraint ?? ''))
      if (waiting.length === 0) return
    }
  }

  /**
   * The statement of these records without any of them.
   * @throws what Postgres says to it: then the set-up, or the database as a whole, is at fault
   */
  async probe(record: number): Promise<void> {
    const shape = this.#lease.shapes[record]
    if (shape) await this.#probe(this.#sink.recordset(shape))
  }

  #byShape(records: number[]): Map<Shape, number[]> {
    const groups = new Map<Shape, number[]>()
    for (const record of records) {
      const shape = this.#lease.shapes[record]
      if (!shape) continue
      const group = groups.get(shape)
      if (group) group.push(record)
      else groups.set(shape, [record])
    }
    return groups
  }

  #takeBack(which: (failure: Failure) => boolean): number[] {
    const taken = this.failures.filter(which)
    const kept = this.failures.filter((failure) => !which(failure))
    this.failures.splice(0, this.failures.length, ...kept)
    return taken.map(({record}) => record)
  }

  async #write(set: Recordset, records: number[]): Promise<void> {
    const suspicions = await suspect(this.#client, this.#sink, set, this.#lease, records)
    const refused = await this.#confirm(set, suspicions)
    const rest = refused.size === 0 ? records : records.filter((record) => !refused.has(record))
    if (this.#sink.table.mayRewrite && set.canSkip) await this.#insertWatched(set, rest)
    else await this.#insert(set, rest, 'skip')
  }

  /**
   * Where a trigger may drop rows, ON CONFLICT hides which were dropped and which were there already. Only records
   * whose key is there are inserted with it; any other that becomes no row was dropped.
   */
  async #insertWatched(set: Recordset, records: number[]): Promise<void> {
    const {there, first, repeated} = await findThere(this.#client, this.#sink, set, this.#lease, records)
    await this.#insert(set, first, 'fail')
    await this.#insert(set, there, 'skip')
    if (repeated.length === 0) return
    const again = await findThere(this.#client, this.#sink, set, this.#lease, repeated)
    await this.#insert(set, again.there, 'skip')
    await this.#insert(set, [...again.first, ...again.repeated], 'fail')
  }

  /** Inserts one record for each rule expected to refuse records; if it passes, the rule's other records are tried too. */
  async #confirm(set: Recordset, suspicions: Suspicion[]): Promise<Set<number>> {
    const byRule = new Map<string, Suspicion[]>()
    for (const suspicion of suspicions) {
      const known = byRule.get(suspicion.rule)
      if (known) known.push(suspicion)
      else byRule.set(suspicion.rule, [suspicion])
    }
    const refused = new Set<number>()
    for (const all of byRule.values()) {
      const {record, cause} = all[0]
      const {error} = await rehearse(this.#client, () => this.#query(set, [record]))
      if (error?.code !== cause.code || (cause.constraint ?? error.constraint) !== error.constraint) continue
      for (const one of all) {
        refused.add(one.record)
        this.failures.push({record: one.record, cause: one.cause, kind: 'data', error})
      }
    }
    return refused
  }

  /** Inserts the records; where that fails, both halves on their own, down to the single culprit. */
  async #insert(set: Recordset, records: number[], onConflict: OnConflict): Promise<void> {
    if (records.length === 0) return
    const outcome = await attempt(this.#client, () => this.#query(set, records, onConflict))
    if (outcome.error === undefined) {
      const mayDrop = this.#sink.table.mayRewrite && !(set.canSkip && onConflict === 'skip')
      this.#note(records, outcome.value, mayDrop)
      return
    }
    const {error} = outcome
    const kind = faultOf(error)
    if (kind === 'transient' && !this.#how.isolate) throw error
    if (kind !== 'data' && !this.#probed.has(set)) {
      await this.#probe(set)
      this.#probed.add(set)
    }
    if (records.length === 1) {
      if (this.#isThere(error)) this.#note(records, 0, false)
      else this.failures.push({record: records[0], cause: causeOf(error), kind, error})
      return
    }
    const middle = records.length >> 1
    await this.#insert(set, records.slice(0, middle), onConflict)
    await this.#insert(set, records.slice(middle), onConflict)
  }

  #note(records: number[], rows: number, mayDrop: boolean): void {
    // A rule may write several rows in place of one
    const inserted = Math.min(rows, records.length)
    this.inserted += inserted
    if (mayDrop) this.suppressed += records.length - inserted
    else this.alreadyThere += records.length - inserted
    for (const record of records) this.passed.push(record)
  }

  /** Its key is there already, where ON CONFLICT could not say so. */
  #isThere(error: DatabaseError): boolean {
    const names = this.#sink.table.target?.names ?? []
    return error.code === '23505' && error.constraint !== undefined && names.includes(error.constraint)
  }

  async #query(set: Recordset, records: number[], onConflict: OnConflict = 'skip'): Promise<number> {
    const texts = this.#sink.decoder.texts.array(this.#lease, records)
    const {rowCount} = await this.#client.query(set.insert(onConflict), [texts])
    if (this.#how.callsIn) await this.#client.query('SET CONSTRAINTS ALL IMMEDIATE')
    return rowCount ?? 0
  }

  async #probe(set: Recordset): Promise<void> {
    const outcome = await rehearse(this.#client, async () => {
      await this.#client.query(`SET LOCAL lock_timeout = '1s'`)
      await this.#query(set, [])
    })
    if (outcome.error) throw outcome.error
  }
}
