import type {QueueRow} from './queue-row.ts'

/** What queues can be sorted by. */
export const ORDERS = ['name', 'ready', 'leased', 'dead', 'oldest', 'in', 'out', 'workers', 'memory'] as const

export type RowOrder = (typeof ORDERS)[number]

const FIGURES: Record<Exclude<RowOrder, 'name'>, (row: QueueRow) => number | null> = {
  ready: (row) => row.ready,
  leased: (row) => row.leased,
  dead: (row) => row.deadLetters,
  oldest: (row) => row.oldestMs,
  in: (row) => row.inPerSecond,
  out: (row) => row.outPerSecond,
  workers: (row) => row.workers,
  memory: (row) => row.memory && (row.memory.ready?.bytes ?? 0) + (row.memory.deadLetters?.bytes ?? 0),
}

/** By name, or by a figure, the largest first and queues without it last; equal ones by name. */
export function sortRows<Row extends QueueRow>(rows: Row[], order: RowOrder): Row[] {
  const byName = rows.toSorted((a, b) => (a.queue < b.queue ? -1 : 1))
  if (order === 'name') return byName
  const figure = FIGURES[order]
  return byName.sort((a, b) => (figure(b) ?? -1) - (figure(a) ?? -1))
}
