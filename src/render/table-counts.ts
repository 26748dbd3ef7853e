import type {TableCount, TableCounts} from '../worker/table-counts.ts'
import {count} from './format.ts'

/** `1,200 inserted, 3 already there`: what became of the records for a table, without what did not happen. */
export function tableWords({
  inserted,
  updated,
  deleted,
  superseded,
  alreadyThere,
  alreadyGone,
  suppressed,
  deadLettered,
}: TableCount): string {
  const parts: Array<[number, string]> = [
    [updated, 'updated'],
    [deleted, 'deleted'],
    [superseded, 'superseded'],
    [alreadyThere, 'already there'],
    [alreadyGone, 'already gone'],
    [suppressed, 'suppressed'],
    [deadLettered, deadLettered === 1 ? 'dead letter' : 'dead letters'],
  ]
  const others = parts.flatMap(([n, what]) => (n > 0 ? [`${count(n)} ${what}`] : []))
  return [`${count(inserted)} inserted`, ...others].join(', ')
}

/** `; public.orders: 1,200 inserted; …` for several tables; nothing for one. */
export function ofTables(tables: TableCounts): string {
  const all = Object.entries(tables)
  if (all.length < 2) return ''
  return all.map(([table, counts]) => `; ${table}: ${tableWords(counts)}`).join('')
}
