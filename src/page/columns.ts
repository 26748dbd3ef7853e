import type {JudgedRow} from '../monitor/judged-row.ts'
import {count, duration, rate} from './format.ts'

/** A figure of each queue in the list. */
export interface Column {
  /** In the address, if the list is sorted by it. */
  id: string
  title: string
  /** What it means, for whoever points at it. */
  hint: string
  figure(row: JudgedRow): number | null
  write(value: number): string
}

export const COLUMNS: Column[] = [
  column('ready', 'ready', 'items ready to be leased', (row) => row.ready),
  column('leased', 'leased', 'items held by workers', (row) => row.leased),
  {
    ...column('oldest', 'oldest', 'age of the item that leaves next', (row) => row.oldestMs),
    write: duration,
  },
  {
    ...column('in', 'in/s', 'records a second from producers of qtool', (row) => row.inPerSecond),
    write: rate,
  },
  {
    ...column('out', 'out/s', 'records a second, written or set aside', (row) => row.outPerSecond),
    write: rate,
  },
  column('workers', 'workers', 'leases that living workers handle in parallel', (row) => row.workers),
  column('dead', 'dead letters', 'records that failed', (row) => row.deadLetters),
]

function column(id: string, title: string, hint: string, figure: Column['figure']): Column {
  return {id, title, hint, figure, write: count}
}

/** The rows whose name contains a text, by a column with the largest first, else by name. */
export function chooseRows(rows: JudgedRow[], {filter, sort}: {filter: string; sort: string}): JudgedRow[] {
  const wanted = filter.trim().toLowerCase()
  const found = rows.filter(({queue}) => queue.toLowerCase().includes(wanted))
  const by = COLUMNS.find(({id}) => id === sort)
  const byName = (a: JudgedRow, b: JudgedRow) => (a.queue < b.queue ? -1 : 1)
  return found.sort((a, b) => (by ? (by.figure(b) ?? -1) - (by.figure(a) ?? -1) : 0) || byName(a, b))
}
