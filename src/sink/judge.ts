import type {ClientBase} from 'pg'
import {isDataError, reasonOf} from './data-error.ts'
import type {DecodedLease} from './decoded.ts'
import {missingParent} from './foreign-keys.ts'
import type {Recordset} from './recordset.ts'
import type {Sink} from './sink.ts'

/** Rejects the records of a lease that would not be written now, as far as can be said without writing. */
export async function judgeRecords(client: ClientBase, sink: Sink, lease: DecodedLease): Promise<void> {
  await client.query('BEGIN READ ONLY')
  try {
    for (const {set, members} of bySignature(sink, lease, lease.pending)) {
      await judgeSet(client, sink, set, lease, members)
    }
  } finally {
    await client.query('ROLLBACK')
  }
}

/**
 * Rejects the records of one signature that Postgres would refuse, by whole-set queries; needs a transaction.
 * @returns the others
 */
export async function judgeSet(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  members: number[],
): Promise<number[]> {
  if (set.columns.length === 0) {
    for (const record of members) lease.reject(record, GIVES_NOTHING)
    return []
  }
  const typed = sink.judgesTypes ? await rejectFaults(client, set, lease, members) : members
  return sink.judgesTypes ? rejectViolations(client, sink, set, lease, typed) : typed
}

const GIVES_NOTHING = {
  reason: 'invalid',
  code: 'NO_COLUMN',
  message: 'gives no value for any column',
} as const

/** The records by the columns they give. */
export function bySignature(
  sink: Sink,
  lease: DecodedLease,
  records: number[],
): Array<{set: Recordset; members: number[]}> {
  const groups = new Map<number, number[]>()
  for (const record of records) {
    const signature = lease.signatures[record]
    const group = groups.get(signature)
    if (group) group.push(record)
    else groups.set(signature, [record])
  }
  return [...groups].map(([signature, members]) => ({set: sink.recordset(signature), members}))
}

/** The texts of the records as a JSON array; sent as bytes, so that nothing is decoded on the way. */
export function jsonArray(lease: DecodedLease, records: number[]): Buffer {
  const parts: Buffer[] = []
  for (const record of records) parts.push(parts.length === 0 ? OPEN : COMMA, lease.sent(record))
  return Buffer.concat([...(records.length === 0 ? [OPEN] : parts), CLOSE])
}

const OPEN = Buffer.from('[')
const COMMA = Buffer.from(',')
const CLOSE = Buffer.from(']')

/** Rejects the records with a value that its column cannot take; returns the others. */
async function rejectFaults(
  client: ClientBase,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<number[]> {
  const sql = set.faults()
  if (!sql || records.length === 0) return records
  interface Row {
    n: string
    col: number
    code: string
    message: string
    detail: string | null
  }
  const {rows} = await client.query<Row>(sql, [jsonArray(lease, records)])
  const first = new Map<number, Row>()
  for (const row of rows) {
    const record = records[Number(row.n) - 1]
    const known = first.get(record)
    if (!known || row.col < known.col) first.set(record, row)
  }
  for (const [record, row] of first) {
    const {code, message} = row
    const column = set.columns[row.col].name
    lease.reject(record, {reason: reasonOf(code), code, message, detail: row.detail ?? undefined, column})
  }
  return first.size === 0 ? records : records.filter((record) => !first.has(record))
}

/**
 * Rejects the records that break a foreign key or a check. Where the table refers to itself, a record whose
 * parent is rejected loses its parent: then the set is asked again until nothing more falls out.
 */
async function rejectViolations(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
): Promise<number[]> {
  const sql = set.violations()
  if (!sql) return records
  interface Row {
    n: string
    kind: 'f' | 'c'
    which: number
    values: string[] | null
  }
  let kept = records
  for (;;) {
    if (kept.length === 0) return kept
    const rows = await inSavepoint(client, isDataError, async () => {
      return (await client.query<Row>(sql, [jsonArray(lease, kept)])).rows
    })
    // A type that only the insert itself can judge: leave it to the halving.
    if (rows === undefined || rows.length === 0) return kept
    const refused = new Set<number>()
    for (const row of rows) {
      const record = kept[Number(row.n) - 1]
      if (refused.has(record)) continue
      refused.add(record)
      lease.reject(record, violation(sink, row))
    }
    kept = kept.filter((record) => !refused.has(record))
    if (!sink.table.foreignKeys.some((key) => key.self)) return kept
  }
}

function violation(sink: Sink, row: {kind: 'f' | 'c'; which: number; values: string[] | null}) {
  const {table} = sink
  if (row.kind === 'f') return missingParent(table, table.foreignKeys[row.which], row.values ?? [])
  const {name} = table.checks[row.which]
  const message = `new row for relation "${table.name}" violates check constraint "${name}"`
  return {reason: 'constraint', code: '23514', message, constraint: name} as const
}

/** Runs `work` so that the errors that `survives` names can be survived; then it returns undefined. */
export async function inSavepoint<T>(
  client: ClientBase,
  survives: (error: unknown) => boolean,
  work: () => Promise<T>,
  onError?: (error: unknown) => void,
): Promise<T | undefined> {
  await client.query('SAVEPOINT qtool')
  try {
    const result = await work()
    await client.query('RELEASE SAVEPOINT qtool')
    return result
  } catch (error) {
    if (!survives(error)) throw error
    await client.query('ROLLBACK TO SAVEPOINT qtool')
    onError?.(error)
    return undefined
  }
}
