import type {DatabaseError} from 'pg'
import {causeOf} from '../../postgres/data-error.ts'
import {type FaultKind, faultOf} from '../../postgres/failure.ts'
import type {Cause} from '../../record/cause.ts'
import {NOTHING_WRITTEN, OUTCOME_NAMES, type Written} from '../../record/outcomes.ts'

/** A record that Postgres refused. */
export interface Failure {
  record: number
  cause: Cause
  kind: FaultKind
  /** Postgres's error for this record, or for another that breaks the same rule. */
  error: DatabaseError
}

/** What Postgres said of the records of a trial; counts of records. */
export class Verdicts {
  readonly written = {...NOTHING_WRITTEN}
  /** Records that Postgres took, or had already. */
  readonly passed: number[] = []
  readonly failures: Failure[] = []

  take(records: number[], written: Written): void {
    for (const outcome of OUTCOME_NAMES) this.written[outcome] += written[outcome]
    for (const record of records) this.passed.push(record)
  }

  refuse(failure: Pick<Failure, 'record' | 'error'> & Partial<Failure>): void {
    const {error} = failure
    this.failures.push({cause: causeOf(error), kind: faultOf(error), ...failure})
  }

  /** Forgets failures, so that their records can be tried again. @returns the records */
  takeBack(which: (failure: Failure) => boolean): number[] {
    const taken = this.failures.filter(which)
    const kept = this.failures.filter((failure) => !which(failure))
    this.failures.splice(0, this.failures.length, ...kept)
    return taken.map(({record}) => record)
  }
}
