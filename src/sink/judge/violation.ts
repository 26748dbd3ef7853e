import type {ClientBase} from 'pg'
import type {Cause} from '../../record/cause.ts'
import type {Outcome, Written} from '../../record/outcomes.ts'
import type {DecodedLease} from '../decode/decoded.ts'
import type {Sink} from '../sink.ts'
import {alwaysWrites} from '../upsert/upsert.ts'
import {countWithin, type TRIED} from '../write/record-writes.ts'
import type {Recordset} from '../write/recordset.ts'
import {converts} from './conversion-faults.ts'
import {missingParent} from './foreign-keys.ts'
import {ask, byLook, findWrongValues, type Suspicion, without} from './suspicion.ts'

/** A record that breaks a constraint, as the SQL of a `Recordset` returns it. */
interface Violation {
  n: string
  /** A check, a unique key, or a foreign key. */
  kind: 'c' | 'u' | 'f'
  /** Index into the `checks`, `otherKeys` or `foreignKeys` of the table. */
  which: number
  /** Of the foreign key. */
  values: string[] | null
}

/**
 * The records that Postgres is expected to refuse although they do not look wrong, found by queries over all of them.
 * Only an insert condemns a record: this saves time, and finds nothing if a query fails. Few plain records hold a wrong
 * value, so they are searched for one only if they cannot all be converted.
 */
export async function suspect(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<Suspicion[]> {
  if (records.length === 0) return []
  const broken = (some: number[]) => findViolations(client, sink, set, lease, some)
  const violations = await broken(records)
  if (violations) return violations
  const wrong = await findWrongValues(client, sink, set, lease, byLook(lease, records).plain)
  return [...wrong, ...((await broken(without(records, wrong))) ?? [])]
}

/**
 * Records that break a foreign key or a check. If the table refers to itself, a record whose parent is refused loses its
 * parent, so the rest is asked about again until no more records are found.
 * @returns undefined if a query fails, for example because a value cannot be converted
 */
async function findViolations(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<Suspicion[] | undefined> {
  const found: Suspicion[] = []
  const sql = set.violations()
  if (!sql) return (await converts(client, sink, set, lease, records)) ? [] : undefined
  for (let kept = records; ; ) {
    const rows = await ask<Violation>(client, sink, sql, lease, kept)
    if (!rows) return undefined
    const suspicions = suspicionsOf(sink, kept, rows)
    found.push(...suspicions)
    if (rows.length === 0 || !sink.table.foreignKeys.some((key) => key.self)) return found
    kept = without(kept, suspicions)
  }
}

/**
 * Every foreign key and check that records break; none if a query fails. Keys that refer to the table itself are left
 * out, since a parent may be among other records that are written with these.
 */
export async function findEveryViolation(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<Suspicion[]> {
  const rows = await ask<Violation>(client, sink, set.violations(), lease, records)
  const {foreignKeys} = sink.table
  const told = (rows ?? []).filter(({kind, which}) => kind !== 'f' || !foreignKeys[which].self)
  return told.map((row) => suspicionOf(sink, records, row))
}

const VIOLATIONS: string[] = ['c', 'u', 'f']

/** A figure of `RecordWrites.counts`. */
interface Count {
  n: string
  kind: Outcome | typeof TRIED
}

/** What came of records of which only those that nothing spoke against were inserted. */
export interface Sifted {
  written: Written
  /** The records that were inserted, or would have been if their key was not there already. */
  clear: number[]
  suspicions: Suspicion[]
  /** Records that may break a constraint, which only an insert of their own can tell. */
  unsure: number[]
}

/**
 * Inserts the records that break no constraint, and finds the others, in one statement.
 * @throws Postgres's error: then no record is inserted
 */
export async function siftRecords(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<Sifted> {
  const texts = sink.decoder.texts.array(lease, records)
  const {rows} = await client.query<Violation | Count>(set.sift(), [texts])
  const isCount = (row: Violation | Count): row is Count => !VIOLATIONS.includes(row.kind)
  const broken = rows.filter((row) => !isCount(row)) as Violation[]
  const first = new Map<string, Violation>()
  for (const row of broken) if (!first.has(row.n)) first.set(row.n, row)
  const sure = [...first.values()].filter((row) => isSure(sink, row))
  const unsure = [...first.values()].filter((row) => !isSure(sink, row))
  const clear = first.size === 0 ? records : records.filter((_, i) => !first.has(String(i + 1)))
  const counts = new Map(rows.filter(isCount).map(({kind, n}) => [kind, Number(n)]))
  return {
    written: countWithin(clear.length, counts, set.writes.unwritten('settle')),
    clear,
    suspicions: suspicionsOf(sink, records, sure),
    unsure: unsure.map(({n}) => records[Number(n) - 1]),
  }
}

/** Whether the answer is the same while the records are inserted; a trigger may change them, a check see other rows. */
function isSure({table, upsert}: Sink, {kind, which}: Violation): boolean {
  if (table.mayRewrite || kind === 'u') return false
  if (kind === 'c') return table.checks[which].isOfRecord
  return upsert === undefined || alwaysWrites(upsert, table.foreignKeys[which].columns)
}

/** One suspicion for each record, about the first of its violations. */
function suspicionsOf(sink: Sink, records: number[], rows: Violation[]): Suspicion[] {
  const found = new Map<number, Suspicion>()
  for (const row of rows) {
    const suspicion = suspicionOf(sink, records, row)
    if (!found.has(suspicion.record)) found.set(suspicion.record, suspicion)
  }
  return [...found.values()]
}

function suspicionOf(sink: Sink, records: number[], row: Violation): Suspicion {
  return {record: records[Number(row.n) - 1], cause: causeOf(sink, row), rule: `${row.kind} ${row.which}`}
}

/** In the words of Postgres. */
function causeOf({table}: Sink, row: Violation): Cause {
  if (row.kind === 'f') return missingParent(table, table.foreignKeys[row.which], row.values ?? [])
  const {name} = table.checks[row.which]
  const message = `new row for relation "${table.name}" violates check constraint "${name}"`
  return {reason: 'constraint', code: '23514', message, constraint: name}
}
