import type {ClientBase} from 'pg'
import {reasonOf} from '../../postgres/data-error.ts'
import {attempt} from '../../postgres/savepoint.ts'
import type {Cause} from '../../record/cause.ts'
import type {DecodedLease} from '../decode/decoded.ts'
import type {Sink} from '../sink.ts'
import type {Recordset} from '../write/recordset.ts'
import {findByConverting} from './conversion-faults.ts'
import type {ValueFault} from './value-fault.ts'

/** A record that Postgres is expected to refuse. */
export interface Suspicion {
  record: number
  cause: Cause
  /** The column or constraint that is expected to refuse it; one refusal by it counts for all of its records. */
  rule: string
}

/** @returns the records without those under suspicion */
export function without(records: number[], suspicions: Suspicion[]): number[] {
  if (suspicions.length === 0) return records
  const found = new Set(suspicions.map(({record}) => record))
  return records.filter((record) => !found.has(record))
}

/** The records that look as if a column may not take one of their values, and the others. */
export function byLook(lease: DecodedLease, records: number[]): {suspects: number[]; plain: number[]} {
  if (lease.suspects.length === 0) return {suspects: [], plain: records}
  const looked = new Set(lease.suspects)
  return {
    suspects: records.filter((record) => looked.has(record)),
    plain: records.filter((record) => !looked.has(record)),
  }
}

/** The records with a value that its column cannot take, or without one that it needs. */
export async function findWrongValues(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<Suspicion[]> {
  return firstOfEach(await valueFaults(client, sink, set, lease, records)).map((fault) =>
    suspicionOf(set, fault),
  )
}

/** The same, with every wrong value of a record that the server tells, and every missing one. */
export async function findEveryWrongValue(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<Suspicion[]> {
  return (await valueFaults(client, sink, set, lease, records)).map((fault) => suspicionOf(set, fault))
}

async function valueFaults(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<ValueFault[]> {
  // Before Postgres 16 the server does not say which values are wrong, and no version says it of arrays and composites
  const unsaid = sink.judgesTypes ? set.nested() : [...set.columns.keys()]
  const said = await askForFaults(client, sink, set, lease, records)
  const found = await findByConverting(client, sink, set, lease, records, unsaid)
  return [...said, ...found]
}

/** The first fault that Postgres meets in each record: it converts all values before it looks for missing ones. */
function firstOfEach(faults: ValueFault[]): ValueFault[] {
  const rank = ({column, error}: ValueFault) => (error.code === MISSING ? MOST_COLUMNS : 0) + column
  const first = new Map<number, ValueFault>()
  for (const fault of faults) {
    const known = first.get(fault.record)
    if (!known || rank(fault) < rank(known)) first.set(fault.record, fault)
  }
  return [...first.values()]
}

const MISSING = '23502'
const MOST_COLUMNS = 1600

function suspicionOf(set: Recordset, {record, column, error}: ValueFault): Suspicion {
  const {code = '', message, detail} = error
  const {name} = set.columns[column]
  const cause = {reason: reasonOf(code), code, message, detail: detail ?? undefined, column: name}
  return {record, cause, rule: `${column} ${code}`}
}

async function askForFaults(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<ValueFault[]> {
  interface Row {
    n: string
    col: number
    code: string
    message: string
    detail: string | null
  }
  const sql = sink.judgesTypes ? set.faults() : set.nulls()
  const rows = await ask<Row>(client, sink, sql, lease, records)
  return (rows ?? []).map((row) => ({record: records[Number(row.n) - 1], column: row.col, error: row}))
}

/** Runs a query over the records. @returns its rows; none if there is no query; undefined if it fails */
export async function ask<Row extends object>(
  client: ClientBase,
  sink: Pick<Sink, 'decoder'>,
  sql: string | undefined,
  lease: DecodedLease,
  records: number[],
): Promise<Row[] | undefined> {
  if (!sql || records.length === 0) return []
  const texts = sink.decoder.texts.array(lease, records)
  const outcome = await attempt(client, () => client.query<Row>(sql, [texts]))
  return outcome.error ? undefined : outcome.value.rows
}
