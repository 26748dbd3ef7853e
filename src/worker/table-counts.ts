import {NOTHING_WRITTEN, type Written, writtenBy} from '../record/outcomes.ts'
import type {WrittenLease} from './observer.ts'

/** What became of the records for one table. Records that no table takes count for none. */
export interface TableCount extends Written {
  deadLettered: number
}

/** By the name of the table, with its schema. */
export type TableCounts = Record<string, TableCount>

const NOTHING: TableCount = {...NOTHING_WRITTEN, deadLettered: 0}

/** The counts of one lease. */
export function countTables({tables, refused}: WrittenLease): TableCounts {
  const counts = tables.map(({table, ...written}): [string, TableCount] => {
    // Where there is one table, its dead letters do not name it
    const isOf = (named: string | undefined) => (tables.length === 1 ? true : named === table)
    const deadLettered = refused.filter((cause) => isOf(cause.table)).length
    return [table, {...writtenBy((outcome) => written[outcome]), deadLettered}]
  })
  return Object.fromEntries(counts)
}

export function addTables(sum: TableCounts, more: TableCounts): TableCounts {
  const names = new Set([...Object.keys(sum), ...Object.keys(more)])
  return Object.fromEntries(
    [...names].map((name) => {
      const [a, b] = [sum[name] ?? NOTHING, more[name] ?? NOTHING]
      const written = writtenBy((outcome) => a[outcome] + b[outcome])
      return [name, {...written, deadLettered: a.deadLettered + b.deadLettered}]
    }),
  )
}
