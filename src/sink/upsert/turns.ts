import type {ClientBase} from 'pg'
import type {DecodedLease} from '../decode/decoded.ts'
import {byShape, type Shape} from '../decode/shape.ts'
import {ask, byLook, findWrongValues, without} from '../judge/suspicion.ts'
import type {Sink} from '../sink.ts'
import {RecordRelation} from '../write/record-relation.ts'
import {UpsertSql} from './upsert-sql.ts'

/**
 * Puts records into turns that are written one after the other. One statement takes records of one shape, and finds the
 * newest of each key itself; but where records of one key give different columns, each adds to what the one before has
 * written. Needs a transaction.
 */
export async function inTurns(
  client: ClientBase,
  sink: Sink,
  lease: DecodedLease,
  records: number[],
): Promise<number[][]> {
  if (!sink.upsert || byShape(lease.shapes, records).size < 2) return [records]
  if (isInOrder(sink, lease)) return runsOf(lease, records)
  const repeated = await findRepeated(client, sink, lease, records)
  if (!repeated) return runsOf(lease, records)
  const turnOf = new Map<number, number>()
  for (const members of repeated)
    runsOf(lease, members).forEach((run, turn) => {
      for (const record of run) turnOf.set(record, turn)
    })
  const turns: number[][] = []
  for (const record of records) {
    const turn = turnOf.get(record) ?? 0
    turns[turn] ??= []
    turns[turn].push(record)
  }
  return turns
}

/**
 * Whether the records can only be written in the order of the queue: in a table that refers to itself, a delete may take
 * other rows with it, or be refused because of them.
 */
export function isInOrder({table}: Sink, {deletes}: DecodedLease): boolean {
  return deletes.size > 0 && table.foreignKeys.some(({self}) => self)
}

/**
 * The records of each key that several give, the newest last. Needs a transaction.
 * @returns undefined if a value that decides cannot be read
 */
export async function findRepeated(
  client: ClientBase,
  sink: Sink,
  lease: DecodedLease,
  records: number[],
): Promise<number[][] | undefined> {
  const found = await askForRepeated(client, sink, lease, records)
  if (found) return found
  const {suspects} = byLook(lease, records)
  const wrong = []
  for (const [shape, some] of byShape(lease.shapes, suspects))
    wrong.push(...(await findWrongValues(client, sink, sink.recordset(shape), lease, some)))
  return wrong.length === 0 ? undefined : askForRepeated(client, sink, lease, without(records, wrong))
}

async function askForRepeated(
  client: ClientBase,
  {table, upsert, decoder}: Sink,
  lease: DecodedLease,
  records: number[],
): Promise<number[][] | undefined> {
  if (!upsert) return []
  const {key, newestBy} = upsert
  const columns = [...key, ...(newestBy === undefined ? [] : [newestBy])]
  const relation = new RecordRelation(table, {columns})
  const from = relation.part('$1::json', [...columns.keys()])
  const sql = new UpsertSql(table, upsert, columns).repeated({from, order: `r.${relation.n}`})
  const rows = await ask<{n: string; place: string}>(client, {decoder}, sql, lease, records)
  if (!rows) return undefined
  const groups = new Map<string, number[]>()
  for (const {n, place} of rows) {
    const record = records[Number(n) - 1]
    groups.set(place, [...(groups.get(place) ?? []), record])
  }
  return [...groups.values()]
}

/** The records in pieces, each of one shape. */
function runsOf(lease: DecodedLease, records: number[]): number[][] {
  const runs: number[][] = []
  let last: Shape | undefined
  for (const record of records) {
    const shape = lease.shapes[record]
    if (runs.length === 0 || shape !== last) runs.push([])
    runs[runs.length - 1].push(record)
    last = shape
  }
  return runs
}
