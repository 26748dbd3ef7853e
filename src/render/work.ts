import {count, duration, plural} from './format.ts'
import {pairs} from './table.ts'

export interface WorkView {
  queue: string
  table: string
  leases: number
  items: number
  inserted: number
  alreadyThere: number
  deadLettered: number
  deadLettersByReason: Record<string, number>
  recovered: number
  unknownKeys: number
  seconds: number
  recordsPerSecond: number
}

/** The account of one `work`. */
export function renderWork(result: WorkView): string {
  const reasons = Object.entries(result.deadLettersByReason).map(([reason, n]) => `${reason} ${count(n)}`)
  const rows: Array<[string, string]> = [
    ['leases', `${count(result.leases)} (${plural(result.items, 'item')})`],
    ['inserted', plural(result.inserted, 'row')],
    ['already there', count(result.alreadyThere)],
    ['dead letters', `${count(result.deadLettered)}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`],
    ['time', duration(result.seconds * 1000)],
    ['rate', `${count(result.recordsPerSecond)} records/s`],
  ]
  if (result.recovered > 0)
    rows.splice(4, 0, ['recovered', `${count(result.recovered)} written by a worker that died`])
  return `queue ${result.queue} → ${result.table}\n${pairs(rows)}`
}

/** The line shown while work goes on. */
export function tallyLine(
  tally: {inserted: number; alreadyThere: number; deadLettered: number},
  seconds: number,
): string {
  const done = tally.inserted + tally.alreadyThere + tally.deadLettered
  return `${count(done)} records, ${count(tally.deadLettered)} dead letters, ${count(done / Math.max(seconds, 0.001))} records/s`
}
