import type {EnqueueResult} from '../producer/run-enqueue.ts'
import {count, duration, plural} from './format.ts'
import {pairs} from './table.ts'

/** What is shown of an `enqueue`. */
export type EnqueueView = Omit<EnqueueResult, 'seed'>

/** The summary of one `enqueue`. */
export function renderEnqueue(result: EnqueueView): string {
  const reasons = Object.entries(result.rejectedByCode).map(([code, n]) => `${code} ${count(n)}`)
  const unsent: Array<[string, string]> =
    result.unsent > 0 ? [['unsent', `${count(result.unsent)} (read but not confirmed by Redis)`]] : []
  const unconfirmed: Array<[string, string]> =
    result.unconfirmed > 0
      ? [['not confirmed', `${count(result.unconfirmed)} (in Redis, but a failover may lose them)`]]
      : []
  const failed = result.failedFiles.map(({file, message}, i): [string, string] => [
    i === 0 ? 'not read' : '',
    message.includes(file) ? message : `${file}: ${message}`,
  ])
  // Elsewhere identical items are several
  const duplicates: Array<[string, string]> =
    result.engine === 'zset' ? [['duplicates', count(result.duplicates)]] : []
  const rows: Array<[string, string]> = [
    ['read', plural(result.read, 'record')],
    [
      'enqueued',
      `${count(result.enqueued)}${result.items === result.enqueued ? '' : ` in ${plural(result.items, 'item')}`}`,
    ],
    ...duplicates,
    ['rejected', `${count(result.rejected)}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`],
    ...unconfirmed,
    ...unsent,
    ...failed,
    ['time', duration(result.seconds * 1000)],
    ['rate', `${count(result.itemsPerSecond)} items/s`],
  ]
  return `queue ${result.queue}\n${pairs(rows)}`
}
