import type {ClientBase} from 'pg'
import {rehearse} from '../../postgres/savepoint.ts'
import {treeOf} from '../catalog/tree.ts'
import {CALLS, KEYS, REACTIONS, ROLE, TABLE} from './facts-sql.ts'

/** A foreign key of the sink that Postgres enforces, with what decides how it can be checked. */
export interface EnforcedKey {
  name: string
  /** Quoted `schema.table`. */
  parent: string
  /** Rows of the table may be parents. */
  isSelf: boolean
  isMatchFull: boolean
  isPeriod: boolean
  /** Only Postgres fills one of its columns. */
  isComputed: boolean
  /** It is declared on a partition alone. */
  isOfPartition: boolean
  /** Row security may hide its parents. */
  hidesRows: boolean
  /** This role may lock the parents: it has SELECT and, for one column at least, UPDATE. */
  mayLock: boolean
}

/** What decides whether foreign keys can be checked for a whole lease at once. */
export interface SetWiseFacts {
  /** COPY can write into it: it is a table, or partitioned, without rules and row security, and no part is elsewhere. */
  takesCopy: boolean
  keys: EnforcedKey[]
  /** Triggers that react to what is written, by their names. */
  reactions: string[]
  /** A unique key is checked by a trigger at the end of the transaction. */
  hasDeferrableKey: boolean
  /** Functions that may write to other tables, and that defaults or checks call. */
  calls: string[]
  /** The role, quoted for SQL. */
  role: string
  /** Of the server, e.g. 17. */
  major: number
  /** The isolation of transactions that do not choose one. */
  isolation: string
  /** The session_replication_role of sessions that do not choose one. */
  replicationRole: string
  /** This role may set session_replication_role. */
  maySet: boolean
}

/** Bits of `tgtype`. */
const INSERT = 4
const UPDATE = 16

/** Sets the parameter that silences triggers, for this transaction; not every server says in advance who may. */
export const SILENCE = 'SET LOCAL session_replication_role = replica'

/**
 * Reads the facts of a table. Needs a transaction, and changes nothing.
 * @param name quoted for SQL @param updated names of the columns that records update, if they update rows
 */
export async function readSetWise(
  client: ClientBase,
  name: string,
  updated?: string[],
): Promise<SetWiseFacts> {
  const found = await client.query<{oid: string | null}>('SELECT to_regclass($1)::oid::text AS oid', [name])
  const {oid} = found.rows[0]
  const tree = `WITH RECURSIVE ${treeOf('$1::oid')}`
  const ask = async <Row extends object>(sql: string, ...values: unknown[]) =>
    (await client.query<Row>(`${tree}${sql}`, [oid, ...values])).rows
  const [table] = await ask<Pick<SetWiseFacts, 'takesCopy' | 'hasDeferrableKey'>>(TABLE)
  const keys = await ask<EnforcedKey>(KEYS)
  const reactions = await ask<{name: string}>(REACTIONS, updated ? INSERT | UPDATE : INSERT, updated ?? [])
  const calls = await ask<{name: string}>(CALLS)
  const role =
    await client.query<Pick<SetWiseFacts, 'role' | 'major' | 'isolation' | 'replicationRole'>>(ROLE)
  const {error} = await rehearse(client, () => client.query(SILENCE))
  return {
    ...table,
    keys,
    reactions: reactions.map(({name}) => name),
    calls: calls.map(({name}) => name),
    ...role.rows[0],
    maySet: error === undefined,
  }
}
