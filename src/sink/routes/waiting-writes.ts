import type {ClientBase} from 'pg'
import {ask} from '../judge/suspicion.ts'
import type {Part} from '../lease-parts.ts'
import type {Upsert} from '../upsert/upsert.ts'
import {RecordRelation} from '../write/record-relation.ts'

/**
 * The records that may need the row of another key to be deleted before they are written, by their numbers: those that give
 * a value of another unique key which a row, or another record, has as well. Needs a transaction.
 */
export async function findWaiting(client: ClientBase, part: Part): Promise<number[]> {
  const {sink, lease} = part
  const {table, upsert} = sink
  const writes = lease.pending.filter((record) => !lease.deletes.has(record))
  const all = () => writes.map((record) => lease.numberOf(record))
  if (!upsert || table.foreignKeys.some(({self}) => self)) return all()
  const known = [...(table.target?.names ?? []), ...table.otherKeyNames]
  // A key over an expression, or over some rows
  if (table.uniqueNames.some((name) => !known.includes(name))) return all()
  const found = new Set<number>()
  for (const columns of table.otherKeys) {
    const rows = await ask<{n: string}>(client, sink, sharedValues(part, upsert, columns), lease, writes)
    if (!rows) return all()
    for (const {n} of rows) found.add(lease.numberOf(writes[Number(n) - 1]))
  }
  return [...found].sort((a, b) => a - b)
}

/** Selects the numbers of the records in $1 whose values of a unique key a row or record with another key of its own has. */
function sharedValues({sink: {table}}: Part, {key}: Upsert, columns: number[]): string {
  const given = [...new Set([...key, ...columns])]
  const relation = new RecordRelation(table, {columns: given})
  const equal = (other: string, which: number[]) =>
    which
      .map((column) => `${other}.${table.columns[column].quoted} = r.${table.columns[column].quoted}`)
      .join(' AND ')
  const isShared = (from: string) =>
    `EXISTS (SELECT FROM ${from} AS p WHERE ${equal('p', columns)} AND NOT (${equal('p', key)}))`
  return `WITH r AS MATERIALIZED (SELECT * FROM ${relation.part('$1::json', [...given.keys()])})
SELECT ${relation.n} AS n FROM r WHERE ${isShared(table.quoted)} OR ${isShared('r')}`
}
