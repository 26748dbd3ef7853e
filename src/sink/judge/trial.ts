import type {ClientBase} from 'pg'
import type {DecodedLease} from '../decode/decoded.ts'
import {byShape, deletesFirst} from '../decode/shape.ts'
import type {Sink} from '../sink.ts'
import {findRepeated, inTurns} from '../upsert/turns.ts'
import type {OnTaken} from '../write/record-writes.ts'
import type {Recordset} from '../write/recordset.ts'
import {Inserter, type TrialOptions} from './inserter.ts'
import {byLook, findWrongValues, type Suspicion, without} from './suspicion.ts'
import {findThere} from './there.ts'
import {type Failure, Verdicts} from './verdicts.ts'
import {suspect} from './violation.ts'

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
    for (let waiting = records; ; ) {
      const before = passed.length
      for (const turn of await inTurns(this.#client, this.#sink, this.#lease, waiting)) {
        for (const [shape, members] of deletesFirst(byShape(this.#lease.shapes, turn))) {
          await this.#write(this.#sink.recordset(shape), members)
        }
      }
      if (passed.length === before) return
      waiting = await this.#takeBack(records)
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

  /**
   * Takes back the refusals whose reason may be gone: a parent that gives other columns than its child may have come later,
   * and so may the delete of the row that had the same key. A record stays refused if one of its own key was written since.
   */
  async #takeBack(records: number[]): Promise<number[]> {
    const selfReferences = this.#selfReferences
    const hasDeletes = this.#lease.deletes.size > 0
    const mayPass = ({cause: {code, constraint = ''}}: Failure) =>
      selfReferences.includes(constraint) || (hasDeletes && code === '23505')
    if (!hasDeletes || !this.verdicts.failures.some(mayPass)) return this.verdicts.takeBack(mayPass)
    const repeated = await findRepeated(this.#client, this.#sink, this.#lease, records)
    const passed = new Set(this.verdicts.passed)
    const isLast = (record: number) => {
      const own = repeated?.find((members) => members.includes(record)) ?? []
      return !own.slice(own.indexOf(record) + 1).some((later) => passed.has(later))
    }
    return this.verdicts.takeBack((failure) => mayPass(failure) && isLast(failure.record))
  }

  /** Names of the foreign keys by which the table refers to itself. */
  get #selfReferences(): string[] {
    return this.#sink.table.foreignKeys.filter((key) => key.self).map((key) => key.name)
  }

  async #write(set: Recordset, records: number[]): Promise<void> {
    const {suspects} = byLook(this.#lease, records)
    const wrong = await findWrongValues(this.#client, this.#sink, set, this.#lease, suspects)
    const rest = await this.#refuse(set, records, wrong)
    if (rest.length === 0) return
    if (set.mayRewrite) await this.#writeRewritten(set, rest)
    else await this.#writeAsGiven(set, rest)
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
    if (!sets.opens()) return inserter.insertEach(set, records, 'settle')
    const sifted = await inserter.sift(set, records)
    if (!sifted) {
      sets.failed()
      return this.#writeForeseen(set, records)
    }
    sets.worked()
    const {suspicions, unsure} = sifted
    const suspects = suspicions.map(({record}) => record)
    await inserter.insertEach(set, [...(await this.#refuse(set, suspects, suspicions)), ...unsure], 'settle')
  }

  async #writeForeseen(set: Recordset, records: number[]): Promise<void> {
    const suspicions = await suspect(this.#client, this.#sink, set, this.#lease, records)
    const rest = await this.#refuse(set, records, suspicions)
    if (await this.#inserter.insertAll(set, rest, 'settle')) return
    await this.#inserter.insertEach(set, rest, 'settle')
  }

  /** A trigger or rule may change or drop records: queries about them only tell which ones to keep apart. */
  async #writeRewritten(set: Recordset, records: number[]): Promise<void> {
    const {hints} = this.#sink.experience
    if (this.#sink.upsert) return this.#writePart(set, records, 'settle', this.#setWay)
    // A statement that returns something may not be rewritten by a rule
    if (this.#sink.table.canCopy && hints.opens()) {
      const sifted = await this.#inserter.sift(set, records)
      if (sifted) {
        hints.worked()
        return this.#writeTold(set, sifted.unsure, 'each')
      }
      hints.failed()
    }
    await this.#writeTold(set, records, this.#setWay)
  }

  get #setWay(): 'all' | 'each' {
    return this.#sink.experience.sets.opens() ? 'all' : 'each'
  }

  /**
   * If a trigger may drop rows, ON CONFLICT hides which were dropped and which were there already. Only records whose
   * key is there are inserted with it; any other that becomes no row was dropped.
   */
  async #writeTold(set: Recordset, records: number[], how: 'all' | 'each'): Promise<void> {
    if (!set.writes.settles) return this.#writePart(set, records, 'settle', how)
    const {there, first, repeated} = await findThere(this.#client, this.#sink, set, this.#lease, records)
    await this.#writePart(set, first, 'fail', how)
    await this.#writePart(set, there, 'settle', how)
    if (repeated.length === 0) return
    const again = await findThere(this.#client, this.#sink, set, this.#lease, repeated)
    await this.#writePart(set, again.there, 'settle', how)
    await this.#writePart(set, [...again.first, ...again.repeated], 'fail', how)
  }

  async #writePart(set: Recordset, records: number[], onTaken: OnTaken, how: 'all' | 'each'): Promise<void> {
    if (records.length === 0) return
    const {sets} = this.#sink.experience
    if (how === 'all') {
      if (await this.#inserter.insertAll(set, records, onTaken)) return sets.worked()
      sets.failed()
    }
    await this.#inserter.insertEach(set, records, onTaken)
  }
}
