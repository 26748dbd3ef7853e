import type {ClientBase} from 'pg'
import type {Cause} from '../queue/dead-letter.ts'
import {reasonOf} from './data-error.ts'
import type {DecodedLease} from './decoded.ts'
import {missingParent} from './foreign-keys.ts'
import type {Recordset} from './recordset.ts'
import {attempt} from './savepoint.ts'
import type {Sink} from './sink.ts'

/** A record that Postgres is expected to refuse. */
export interface Suspicion {
  record: number
  cause: Cause
  /** The column or constraint that is said to refuse it: one refusal by it speaks for the others. */
  rule: string
}

/**
 * The records of one shape that Postgres is expected to refuse, found by queries over the whole set. It is a forecast
 * that saves halving: only the insert condemns. Where it cannot be made, because a query fails, it is empty.
 */
export async function suspect(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<Suspicion[]> {
  if (!sink.judgesTypes || records.length === 0) return []
  const faults = await findFaults(client, sink, set, lease, records)
  const faulty = new Set(faults.map(({record}) => record))
  const rest = faulty.size === 0 ? records : records.filter((record) => !faulty.has(record))
  return [...faults, ...(await findViolations(client, sink, set, lease, rest))]
}

/** Records with a value that its column cannot take; of each the first column at fault. */
async function findFaults(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<Suspicion[]> {
  interface Row {
    n: string
    col: number
    code: string
    message: string
    detail: string | null
  }
  const rows = await ask<Row>(client, sink, set.faults(), lease, records)
  const first = new Map<number, Row>()
  for (const row of rows) {
    const record = records[Number(row.n) - 1]
    const known = first.get(record)
    if (!known || row.col < known.col) first.set(record, row)
  }
  return [...first].map(([record, {col, code, message, detail}]) => {
    const column = set.columns[col].name
    const cause = {reason: reasonOf(code), code, message, detail: detail ?? undefined, column}
    return {record, cause, rule: `${col} ${code}`}
  })
}

/**
 * Records that break a foreign key or a check. Where the table refers to itself, a record whose parent falls out
 * loses its parent: then the set is asked again until nothing more falls out.
 */
async function findViolations(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<Suspicion[]> {
  interface Row {
    n: string
    kind: 'f' | 'c'
    which: number
    values: string[] | null
  }
  const found: Suspicion[] = []
  const sql = set.violations()
  for (let kept = records; ; ) {
    const rows = await ask<Row>(client, sink, sql, lease, kept)
    if (rows.length === 0) return found
    const fallen = new Map<number, Row>()
    for (const row of rows) {
      const record = kept[Number(row.n) - 1]
      if (!fallen.has(record)) fallen.set(record, row)
    }
    for (const [record, row] of fallen) {
      found.push({record, cause: violation(sink, row), rule: `${row.kind} ${row.which}`})
    }
    if (!sink.table.foreignKeys.some((key) => key.self)) return found
    kept = kept.filter((record) => !fallen.has(record))
  }
}

function violation(sink: Sink, row: {kind: 'f' | 'c'; which: number; values: string[] | null}): Cause {
  const {table} = sink
  if (row.kind === 'f') return missingParent(table, table.foreignKeys[row.which], row.values ?? [])
  const {name} = table.checks[row.which]
  const message = `new row for relation "${table.name}" violates check constraint "${name}"`
  return {reason: 'constraint', code: '23514', message, constraint: name}
}

/** What a query says of these records; nothing where there is no query, or it fails. */
async function ask<Row extends object>(
  client: ClientBase,
  sink: Sink,
  sql: string | undefined,
  lease: DecodedLease,
  records: number[],
): Promise<Row[]> {
  if (!sql || records.length === 0) return []
  const texts = sink.decoder.texts.array(lease, records)
  const outcome = await attempt(client, () => client.query<Row>(sql, [texts]))
  return outcome.error ? [] : outcome.value.rows
}
