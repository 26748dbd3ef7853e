import type {ClientBase} from 'pg'
import type {DecodedLease} from '../decode/decoded.ts'
import type {Shape} from '../decode/shape.ts'
import type {Sink} from '../sink.ts'
import type {OnConflict, Recordset} from '../write/recordset.ts'
import {Inserter, type TrialOptions} from './inserter.ts'
import {byLook, findWrongValues, type Suspicion, without} from './suspicion.ts'
import {findThere} from './there.ts'
import {Verdicts} from './verdicts.ts'
import {suspect, suspectBeforeTriggers} from './violation.ts'

/**
 * Writes records that Postgres has to judge, without giving up all of them for one. Queries over all records tell which
 * ones it will probably refuse; the others are inserted in one statement. If Postgres refuses that, each record is
 * inserted on its own. Needs a transaction. The caller decides what becomes of the refused records.
 */
export class Trial {
  readonly verdicts = new Verdicts()
  readonly #client: ClientBase
  readonly #sink: Sink
  readonly #lease: DecodedLease
  readonly #inserter: Inserter

  constructor(client: ClientBase, sink: Sink, lease: DecodedLease, how: TrialOptions) {
    this.#client = client
    this.#sink = sink
    this.#lease = lease
    this.#inserter = new Inserter(client, sink, lease, how, this.verdicts)
  }

  /**
   * @throws Postgres's error if no record is at fault: the statement fails without any record as well, or the error is
   * transient and not to be isolated
   */
  async run(records: number[]): Promise<void> {
    const {passed} = this.verdicts
    const selfReferences = this.#selfReferences
    for (let waiting = records; ; ) {
      const before = passed.length
      for (const [shape, members] of this.#byShape(waiting)) {
        await this.#write(this.#sink.recordset(shape), members)
      }
      if (selfReferences.length === 0 || passed.length === before) return
      // A parent that gives other columns than its child may have come later
      waiting = this.verdicts.takeBack(({cause}) => selfReferences.includes(cause.constraint ?? ''))
      if (waiting.length === 0) return
    }
  }

  /**
   * Runs the statement of this record without any record.
   * @throws Postgres's error: then the setup, or the database as a whole, is at fault
   */
  async probe(record: number): Promise<void> {
    const shape = this.#lease.shapes[record]
    if (shape) await this.#inserter.probe(this.#sink.recordset(shape))
  }

  /** Names of the foreign keys by which the table refers to itself. */
  get #selfReferences(): string[] {
    return this.#sink.table.foreignKeys.filter((key) => key.self).map((key) => key.name)
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

  async #write(set: Recordset, records: number[]): Promise<void> {
    const {suspects} = byLook(this.#lease, records)
    const wrong = await findWrongValues(this.#client, this.#sink, set, this.#lease, suspects)
    const rest = await this.#refuse(set, records, wrong)
    if (rest.length === 0) return
    if (!this.#sink.table.mayRewrite) await this.#writeAsGiven(set, rest)
    else if (set.canSkip) await this.#writeWatched(set, rest)
    else await this.#writeRewritten(set, rest, 'skip')
  }

  /**
   * Refuses the records under suspicion. One record of each rule is inserted first: only if Postgres refuses it for that
   * reason does this count for the others.
   * @returns the records that are not refused
   */
  async #refuse(set: Recordset, records: number[], suspicions: Suspicion[]): Promise<number[]> {
    const byRule = new Map<string, Suspicion[]>()
    for (const suspicion of suspicions) {
      const known = byRule.get(suspicion.rule)
      if (known) known.push(suspicion)
      else byRule.set(suspicion.rule, [suspicion])
    }
    let rest = records
    for (const all of byRule.values()) {
      const {record, cause} = all[0]
      const error = await this.#inserter.rehearse(set, record)
      if (error?.code !== cause.code || (cause.constraint ?? error.constraint) !== error.constraint) continue
      for (const one of all) this.verdicts.refuse({...one, kind: 'data', error})
      rest = without(rest, all)
    }
    return rest
  }

  /** Nothing changes the records on their way into the table, so a query foresees most of what Postgres will refuse. */
  async #writeAsGiven(set: Recordset, records: number[]): Promise<void> {
    const inserter = this.#inserter
    const {sets} = this.#sink.experience
    // A parent among the records may be inserted after its child, which only a statement over both accepts
    if (this.#selfReferences.length > 0) return this.#writeForeseen(set, records)
    if (!sets.opens()) return inserter.insertEach(set, records, 'skip')
    const suspicions = await inserter.sift(set, records)
    if (!suspicions) {
      sets.failed()
      return this.#writeForeseen(set, records)
    }
    sets.worked()
    const suspects = suspicions.map(({record}) => record)
    await inserter.insertEach(set, await this.#refuse(set, suspects, suspicions), 'skip')
  }

  async #writeForeseen(set: Recordset, records: number[]): Promise<void> {
    const suspicions = await suspect(this.#client, this.#sink, set, this.#lease, records)
    const rest = await this.#refuse(set, records, suspicions)
    if (await this.#inserter.insertAll(set, rest, 'skip')) return
    await this.#inserter.insertEach(set, rest, 'skip')
  }

  /**
   * If a trigger may drop rows, ON CONFLICT hides which were dropped and which were there already. Only records whose
   * key is there are inserted with it; any other that becomes no row was dropped.
   */
  async #writeWatched(set: Recordset, records: number[]): Promise<void> {
    const {there, first, repeated} = await findThere(this.#client, this.#sink, set, this.#lease, records)
    await this.#writeRewritten(set, first, 'fail')
    await this.#writeRewritten(set, there, 'skip')
    if (repeated.length === 0) return
    const again = await findThere(this.#client, this.#sink, set, this.#lease, repeated)
    await this.#writeRewritten(set, again.there, 'skip')
    await this.#writeRewritten(set, [...again.first, ...again.repeated], 'fail')
  }

  /** A trigger or rule may change the records: what a query says of them only tells which ones to keep apart. */
  async #writeRewritten(set: Recordset, records: number[], onConflict: OnConflict): Promise<void> {
    if (records.length === 0) return
    const inserter = this.#inserter
    const {sets, hints} = this.#sink.experience
    if (sets.opens()) {
      if (await inserter.insertAll(set, records, onConflict)) return sets.worked()
      sets.failed()
    }
    let rest = records
    if (hints.opens()) {
      const found = await suspectBeforeTriggers(this.#client, this.#sink, set, this.#lease, records)
      const others = without(records, found)
      if (found.length > 0 && (await inserter.insertAll(set, others, onConflict))) {
        hints.worked()
        rest = found.map(({record}) => record)
      } else hints.failed()
    }
    await inserter.insertEach(set, rest, onConflict)
  }
}
