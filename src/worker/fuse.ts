import {QtoolError} from '../errors.ts'
import type {Cause} from '../record/cause.ts'

/** Fewer records than this decide nothing; they are divided among the processes of one command. */
const LEAST = 500

/** Fewest records that a process decides by: of 20, more than half are refused by chance only if a third is bad. */
const LEAST_OF_A_PROCESS = 20

/** By how many times as many records the answer is final. Older leases are dropped. */
const MOST_TO_LEAST = 10

export interface FuseOptions {
  /** Largest share of records that may become dead letters, 0 to 1; 1 turns the fuse off. */
  share: number
  /** Processes that share the queue and one command. */
  processes: number
}

/** What would become of a lease. Records that were dead letters before do not count: with them, nothing new is lost. */
export interface Judgement {
  leaseId: string
  records: number
  refused: readonly RefusedRecord[]
}

export interface RefusedRecord {
  cause: Cause
  /** Reads the text of the record, which may be gone after the transaction. */
  text(): string
}

/** Too many records would become dead letters: the lease must not be written now. */
export class FuseError extends Error {
  readonly leaseId: string
  readonly commonest: CommonFault

  constructor({leaseId, refused}: Judgement) {
    super('too many records would become dead letters')
    this.leaseId = leaseId
    this.commonest = commonestOf(refused)
  }
}

interface Judged {
  records: number
  refused: number
  /** Number of leases judged by the time it was set aside. */
  asideAt?: number
}

/**
 * Stops workers before a wrong table or mapping turns a whole queue into dead letters. Each lease is judged inside its
 * transaction. While too large a share of the last records is refused, leases with refused records are set aside and
 * others are tried, so that a run of bad records alone stops nothing. If those are no better, or there are none, the
 * fuse blows.
 */
export class Fuse {
  readonly #share: number
  readonly #least: number
  readonly #most: number
  /** The last leases, the newest last, and the sums of them. */
  readonly #leases = new Map<string, Judged>()
  #records = 0
  #refused = 0
  /** Leases judged so far, each counted once. */
  #count = 0
  #setup = ''
  #isBlown = false

  constructor({share, processes}: FuseOptions) {
    this.#share = share
    this.#least = Math.max(LEAST_OF_A_PROCESS, Math.ceil(LEAST / processes))
    this.#most = this.#least * MOST_TO_LEAST
  }

  /** Call when a lease is about to be written. A changed table is a new set-up, about which nothing is known. */
  expect(setup: string): void {
    if (setup === this.#setup) return
    this.#setup = setup
    for (const id of this.#leases.keys()) this.#drop(id)
  }

  /** Judges a lease; a repeated call for it replaces the first. @throws FuseError if it must not be written now */
  judge(judgement: Judgement): void {
    const {leaseId, records, refused} = judgement
    if (this.#share >= 1 || records === 0) return
    const known = this.#drop(leaseId)
    if (!known) this.#count++
    this.#leases.set(leaseId, {records, refused: refused.length, asideAt: known?.asideAt})
    this.#records += records
    this.#refused += refused.length
    this.#forget()
    if (refused.length > 0 && (this.#isBlown || this.#isOver)) throw new FuseError(judgement)
  }

  /**
   * Call after a FuseError, when the lease was not written.
   * @returns undefined if the lease is to be tried again after others, else the error to stop with
   */
  setAside(error: FuseError): QtoolError | undefined {
    const lease = this.#leases.get(error.leaseId)
    // Nothing else was there to be judged since it was set aside
    const isAlone = lease?.asideAt === this.#count
    this.#isBlown ||= isAlone || this.#records >= this.#most
    if (this.#isBlown) return this.#blown(error)
    if (lease) lease.asideAt = this.#count
    return undefined
  }

  get #isOver(): boolean {
    return this.#records >= this.#least && this.#refused > this.#share * this.#records
  }

  #forget(): void {
    for (const [id, {records}] of this.#leases) {
      if (this.#records - records < this.#most) return
      this.#drop(id)
    }
  }

  #drop(leaseId: string): Judged | undefined {
    const lease = this.#leases.get(leaseId)
    if (!lease) return undefined
    this.#leases.delete(leaseId)
    this.#records -= lease.records
    this.#refused -= lease.refused
    return lease
  }

  #blown({commonest}: FuseError): QtoolError {
    const percent = `${Number((this.#share * 100).toFixed(2))}%`
    return new QtoolError(
      `stopped: ${count(this.#refused)} of the last ${count(this.#records)} records would become dead letters, and --max-refused is ${percent}`,
      {
        code: 'TOO_MANY_REFUSED',
        kind: 'check',
        suggestions: [
          ...faultWords(commonest),
          'their leases were given back: the records are still in the queue',
          'check --table, --records and --rename, and the tables that the table refers to',
          '--max-refused 100% lets them become dead letters',
        ],
      },
    )
  }
}

/** The largest group of refused records with the same fault. */
interface CommonFault {
  cause: Cause
  text: string
  number: number
  of: number
}

function commonestOf(refused: readonly RefusedRecord[]): CommonFault {
  const groups = new Map<string, {first: RefusedRecord; number: number}>()
  for (const record of refused) {
    const {reason, code, column, constraint} = record.cause
    const key = JSON.stringify([reason, code, column, constraint])
    const group = groups.get(key) ?? {first: record, number: 0}
    group.number++
    groups.set(key, group)
  }
  const {first, number} = [...groups.values()].reduce((most, group) =>
    group.number > most.number ? group : most,
  )
  return {cause: first.cause, text: first.text(), number, of: refused.length}
}

/** Longest text of a record that is shown, in characters. */
const LONGEST = 200

function faultWords({cause, text, number, of}: CommonFault): string[] {
  const named = [cause.reason, cause.code, cause.constraint ?? cause.column]
  const fault = `${named.filter((word) => word !== undefined).join(' ')}: ${cause.message}`
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return [`${count(number)} of ${count(of)} such records in one lease: ${fault}`, `one of them: ${shown}`]
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
