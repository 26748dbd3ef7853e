import type {ClientBase, DatabaseError} from 'pg'
import {faultOf, isConflict, isDeadlock} from '../../postgres/failure.ts'
import {attempt, rehearse} from '../../postgres/savepoint.ts'
import type {Cause} from '../../record/cause.ts'
import {NOTHING_WRITTEN, type Written} from '../../record/outcomes.ts'
import type {DecodedLease} from '../decode/decoded.ts'
import type {Sink} from '../sink.ts'
import type {OnTaken} from '../write/record-writes.ts'
import type {Recordset} from '../write/recordset.ts'
import {converts} from './conversion-faults.ts'
import {insertByLooping, type Looped} from './insert-loop.ts'
import {findWrongValues} from './suspicion.ts'
import type {Verdicts} from './verdicts.ts'
import {type Sifted, siftRecords} from './violation.ts'

export interface TrialOptions {
  /** Find the record that meets a transient error, too, instead of throwing it. */
  isolate: boolean
  /** The lease has failed for long, so a record may be to blame for a lock that another transaction holds. */
  isLongFailing: boolean
  /** Check the constraints after each statement: a trigger may defer them to COMMIT. */
  callsIn: boolean
}

/** Fewer records than this are not worth a loop on the server. */
const LEAST_LOOPED = 4

/** Inserts records of one shape in several ways, and notes the verdict of Postgres. */
export class Inserter {
  readonly #client: ClientBase
  readonly #sink: Sink
  readonly #lease: DecodedLease
  readonly #how: TrialOptions
  readonly #verdicts: Verdicts
  readonly #probed = new Set<Recordset>()

  constructor(client: ClientBase, sink: Sink, lease: DecodedLease, how: TrialOptions, verdicts: Verdicts) {
    this.#client = client
    this.#sink = sink
    this.#lease = lease
    this.#how = how
    this.#verdicts = verdicts
  }

  /** Inserts all of the records in one statement. @returns false if Postgres refused it: then none was inserted */
  async insertAll(set: Recordset, records: number[], onTaken: OnTaken): Promise<boolean> {
    if (records.length === 0) return true
    const outcome = await attempt(this.#client, () => this.#query(set, records, onTaken))
    if (outcome.error) await this.#assertOfRecords(set, outcome.error)
    else this.#verdicts.take(records, outcome.value)
    return outcome.error === undefined
  }

  /**
   * Inserts the records that no query speaks against, and finds the others in the same statement.
   * @returns undefined if Postgres refused it, or if some of those became no row for an unknown reason: then none was
   * inserted
   */
  async sift(set: Recordset, records: number[]): Promise<Sifted | undefined> {
    const mayDrop = set.mayRewrite
    const {settles} = set.writes
    const isClear = ({written, clear}: Sifted) => written.inserted === clear.length || !(mayDrop && settles)
    const sifting = async () => {
      const sifted = await siftRecords(this.#client, this.#sink, set, this.#lease, records)
      await this.#callIn()
      return sifted
    }
    const outcome = await attempt(this.#client, sifting, isClear)
    if (outcome.error) await this.#assertOfRecords(set, outcome.error)
    else if (isClear(outcome.value)) {
      this.#verdicts.take(outcome.value.clear, outcome.value.written)
      return outcome.value
    }
    return undefined
  }

  /** Inserts each record on its own: in a loop on the server, and by halving what the loop cannot judge. */
  async insertEach(set: Recordset, records: number[], onTaken: OnTaken): Promise<void> {
    if (records.length < LEAST_LOOPED) return this.halve(set, records, onTaken)
    const how = {onTaken, callsIn: this.#how.callsIn}
    const looped = await insertByLooping(this.#client, this.#sink, set, this.#lease, records, how)
    for (const [outcome, some] of looped.settled) {
      this.#verdicts.take(some, {...NOTHING_WRITTEN, [outcome]: some.length})
    }
    // The loop does not know the routine, and only that tells a RAISE from an error of the setup
    const isUnclear = ({error}: {error: DatabaseError}) => faultOf(error) === 'setup'
    await this.#refuse(
      set,
      looped.failed.filter((one) => !isUnclear(one)),
    )
    for (const {record} of looped.failed.filter(isUnclear)) await this.halve(set, [record], onTaken)
    await this.halve(set, looped.rest, onTaken)
  }

  /** The causes of errors about a value: those of an insert do not name the column. */
  async #explain(set: Recordset, failed: Looped['failed']): Promise<Map<number, Cause>> {
    const ofValues = failed.filter(({error}) => error.table === undefined && faultOf(error) === 'data')
    const codes = new Map(ofValues.map(({record, error}) => [record, error.code]))
    const at: Parameters<typeof converts> = [this.#client, this.#sink, set, this.#lease, [...codes.keys()]]
    if (codes.size === 0 || (await converts(...at))) return new Map()
    const wrong = (await findWrongValues(...at)).filter(({record, cause}) => codes.get(record) === cause.code)
    return new Map(wrong.map(({record, cause}) => [record, cause]))
  }

  /** Inserts the records; if that fails, each half on its own, down to single records. */
  async halve(set: Recordset, records: number[], onTaken: OnTaken): Promise<void> {
    if (records.length === 0) return
    if (records.length > 1) {
      if (await this.insertAll(set, records, onTaken)) return
      const middle = records.length >> 1
      await this.halve(set, records.slice(0, middle), onTaken)
      await this.halve(set, records.slice(middle), onTaken)
      return
    }
    const outcome = await attempt(this.#client, () => this.#query(set, records, onTaken))
    if (outcome.error) await this.#refuse(set, [{record: records[0], error: outcome.error}])
    else this.#verdicts.take(records, outcome.value)
  }

  /** Inserts one record and takes it back. @returns the error of Postgres, if it refused the record */
  async rehearse(set: Recordset, record: number): Promise<DatabaseError | undefined> {
    return (await rehearse(this.#client, () => this.#query(set, [record], 'settle'))).error
  }

  /**
   * Runs the statement without any record.
   * @throws Postgres's error: then the setup, or the database as a whole, is at fault
   */
  async probe(set: Recordset): Promise<void> {
    const outcome = await rehearse(this.#client, async () => {
      await this.#client.query(`SET LOCAL lock_timeout = '1s'`)
      await this.#query(set, [], 'settle')
    })
    if (outcome.error) throw outcome.error
  }

  async #query(set: Recordset, records: number[], onTaken: OnTaken): Promise<Written> {
    const texts = this.#sink.decoder.texts.array(this.#lease, records)
    const answer = await this.#client.query(set.writes.all(onTaken), [texts])
    await this.#callIn()
    return set.writes.countAll(records.length, answer, onTaken)
  }

  async #callIn(): Promise<void> {
    if (this.#how.callsIn) await this.#client.query('SET CONSTRAINTS ALL IMMEDIATE')
  }

  /** @throws an error that is not about the records: a transient one not to be isolated, or one without any record */
  async #assertOfRecords(set: Recordset, error: DatabaseError): Promise<void> {
    const kind = faultOf(error)
    if (kind === 'transient' && !this.#mayIsolate(error)) throw error
    if (kind === 'data' || this.#probed.has(set)) return
    await this.probe(set)
    this.#probed.add(set)
  }

  /**
   * A conflict ends the transaction, which a savepoint does not: otherwise two leases that isolate their records could keep
   * each other from the rows that they have locked. A conflict that lasts, e.g. a lock held for long, may be of one record.
   */
  #mayIsolate(error: DatabaseError): boolean {
    const {isolate, isLongFailing} = this.#how
    return isolate && (isLongFailing || !isConflict(error)) && !isDeadlock(error)
  }

  async #refuse(set: Recordset, failed: Looped['failed']): Promise<void> {
    const causes = await this.#explain(set, failed)
    for (const {record, error} of failed) {
      await this.#assertOfRecords(set, error)
      const cause = causes.get(record)
      if (this.#isThere(error)) this.#verdicts.take([record], {...NOTHING_WRITTEN, alreadyThere: 1})
      else this.#verdicts.refuse({record, error, ...(cause && {cause})})
    }
  }

  /** Its key is there already, and ON CONFLICT could not say so. */
  #isThere(error: DatabaseError): boolean {
    const names = this.#sink.table.target?.names ?? []
    return error.code === '23505' && error.constraint !== undefined && names.includes(error.constraint)
  }
}
