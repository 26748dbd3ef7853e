import type {ClientBase} from 'pg'
import {OUTCOME_NAMES, OUTCOMES, type Outcome, type Written, writtenBy} from '../../record/outcomes.ts'
import {packTexts, unpackTexts} from './byte-arrays.ts'

/** The outcome of a lease, as the ledger keeps it. */
export interface Applied extends Written {
  /** Members of the dead letter set, so that a redelivery can store them again. */
  deadLetters: Array<{failedAt: number; text: string}>
  /** Records that wait in a lease of their own, kept for the same purpose. */
  postponed: Array<{score: number; text: string}>
}

/** The ledger's entry for a lease. */
export interface LedgerEntry extends Applied {
  /** The lease was split and not written; its halves have entries of their own. */
  split: boolean
}

/** `closed`: this role may not write it; `outdated`: an older qtool made it, and `qtool migrate` adds what it lacks. */
export type LedgerState = 'open' | 'closed' | 'missing' | 'outdated'

interface LedgerRow extends Record<(typeof OUTCOMES)[Outcome], number> {
  failed_at: string[]
  dead_letters: Buffer[]
  split: boolean
  postponed: Buffer[]
  postponed_scores: number[]
}

/** The columns of the counts. */
const COUNTS = Object.values(OUTCOMES)

/** The ledger of written leases, in the same database as their rows. */
export class AppliedLeases {
  readonly #schema: string
  readonly #table: string
  readonly #origin: string

  /**
   * @param schema a plain lower-case name, since it is not quoted
   * @param origin identifies the Redis of the leases; see `originOf`
   */
  constructor(schema = 'qtool', origin = '') {
    this.#schema = schema
    this.#origin = origin
    this.#table = `${schema}.applied_lease`
  }

  /** The entry of a lease, or undefined if it has not been written. */
  async find(client: ClientBase, leaseId: string): Promise<LedgerEntry | undefined> {
    // $1 = lease id
    const {rows} = await client.query<LedgerRow>(
      `SELECT ${COUNTS.join(', ')}, failed_at, dead_letters, split, postponed, postponed_scores
FROM ${this.#table} WHERE lease_id = $1`,
      [leaseId],
    )
    const row = rows[0]
    if (!row) return undefined
    const deadLetters = row.dead_letters.map((text, i) => ({
      failedAt: Number(row.failed_at[i]),
      text: text.toString(),
    }))
    const postponed = row.postponed.map((text, i) => ({
      score: row.postponed_scores[i],
      text: text.toString(),
    }))
    return {...writtenBy((outcome) => row[OUTCOMES[outcome]]), deadLetters, postponed, split: row.split}
  }

  /**
   * Enters a lease; waits while another holder has entered it but not committed.
   * @param tables that it was written into, with their schemas
   * @returns false if it is in the ledger
   */
  async record(
    client: ClientBase,
    lease: {leaseId: string; queue: string},
    tables: string,
    applied: Applied,
  ): Promise<boolean> {
    const {rowCount} = await client.query(
      // $1 lease id, $2 queue, $3 sink, $4 origin, $5 failed at, $6 and $7 dead letters, $8 and $9 postponed, $10 scores,
      // $11.. the counts
      `INSERT INTO ${this.#table} (lease_id, queue, sink, origin, failed_at, dead_letters, postponed, postponed_scores,
  ${COUNTS.join(', ')})
VALUES ($1, $2, $3, $4, $5, ${unpackTexts(6, 7)}, ${unpackTexts(8, 9)}, $10, ${COUNTS.map((_, i) => `$${11 + i}`).join(', ')})
ON CONFLICT DO NOTHING`,
      [
        lease.leaseId,
        plainText(lease.queue),
        tables,
        this.#origin,
        applied.deadLetters.map((letter) => letter.failedAt),
        ...packTexts(applied.deadLetters.map((letter) => letter.text)),
        ...packTexts(applied.postponed.map((record) => record.text)),
        applied.postponed.map((record) => record.score),
        ...OUTCOME_NAMES.map((outcome) => applied[outcome]),
      ],
    )
    return rowCount === 1
  }

  /** Enters a lease as split, so that it can no longer be written. @returns false if the ledger has it already */
  async recordSplit(
    client: ClientBase,
    lease: {leaseId: string; queue: string},
    tables: string,
  ): Promise<boolean> {
    const {rowCount} = await client.query(
      // $1 lease id, $2 queue, $3 sink, $4 origin
      `INSERT INTO ${this.#table} (lease_id, queue, sink, inserted, already_there, failed_at, dead_letters, split, origin)
VALUES ($1, $2, $3, 0, 0, '{}', '{}', true, $4) ON CONFLICT DO NOTHING`,
      [lease.leaseId, plainText(lease.queue), tables, this.#origin],
    )
    return rowCount === 1
  }

  /**
   * Deletes up to `most` leases of a queue of this Redis that were written more than `days` ago, except those in
   * `kept`, which Redis still holds. Does nothing if this role may not delete. @returns how many were deleted
   */
  async prune(
    client: Pick<ClientBase, 'query'>,
    queue: string,
    options: {days: number; kept: string[]; most: number},
  ): Promise<number> {
    const {rows} = await client.query<{may: boolean}>(`SELECT has_table_privilege($1, 'DELETE') AS may`, [
      this.#table,
    ])
    if (!rows[0].may) return 0
    const {rowCount} = await client.query(
      // $1 queue, $2 days, $3 lease ids, $4 most, $5 origin
      `DELETE FROM ${this.#table} WHERE ctid IN (
  SELECT ctid FROM ${this.#table}
  WHERE queue = $1 AND origin = $5 AND applied_at < now() - make_interval(days => $2) AND lease_id <> ALL($3::text[])
  LIMIT $4)`,
      [plainText(queue), options.days, options.kept, options.most, this.#origin],
    )
    return rowCount ?? 0
  }

  /** Whether it can be used. */
  async state(client: ClientBase): Promise<LedgerState> {
    // $1 = schema, $2 = columns
    const {rows} = await client.query<{found: boolean; complete: boolean; open: boolean | null}>(
      `SELECT c.oid IS NOT NULL AS found,
  $2::text[] <@ ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND NOT attisdropped) AS complete,
  has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'SELECT') AS open
FROM (SELECT 1) one
LEFT JOIN pg_namespace n ON n.nspname = $1
LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'applied_lease'`,
      [this.#schema, [...COUNTS, 'origin', 'split']],
    )
    const [row] = rows
    if (!row?.found) return 'missing'
    if (!row.complete) return 'outdated'
    return row.open ? 'open' : 'closed'
  }
}

/** A name in ASCII, which every database can hold, whatever its encoding; most names stay the same. */
function plainText(name: string): string {
  return name.replace(/[^\x20-\x7e]/gu, (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`)
}
