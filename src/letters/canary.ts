import {setTimeout as wait} from 'node:timers/promises'
import type {Redis} from 'ioredis'
import {QtoolError} from '../errors.ts'
import {historyField} from '../queue/history.ts'
import type {QueueKeys} from '../redis/keys.ts'

const LOOK_MS = 50

/**
 * Waits until workers are done with items that were replayed.
 * @returns how many of them failed again; their history left with their dead letter
 * @throws QtoolError where nobody is done with them in time
 */
export async function watchCanary(
  redis: Redis,
  keys: QueueKeys,
  items: Buffer[],
  options: {timeoutMs: number; signal: AbortSignal},
): Promise<number> {
  const deadline = performance.now() + options.timeoutMs
  for (;;) {
    const open = await countOpen(redis, keys, items)
    if (open === 0) break
    if (options.signal.aborted) return 0
    if (performance.now() > deadline) throw notDone(open, items.length, options.timeoutMs)
    await wait(LOOK_MS, undefined, {signal: options.signal}).catch(() => {})
  }
  const known = await redis.hmget(keys.history, ...items.map(historyField))
  return known.filter((text) => text === null).length
}

/** Items that are still ready or leased. The ready ones are read first: items only move from there to a lease. */
async function countOpen(redis: Redis, keys: QueueKeys, items: Buffer[]): Promise<number> {
  const found = new Set<number>()
  const look = async (key: string) => {
    const scores = await redis.zmscore(key, ...items)
    scores.forEach((score, i) => {
      if (score !== null) found.add(i)
    })
  }
  await look(keys.ready)
  const leases = await redis.zrange(keys.leases, '0', '-1')
  await Promise.all(leases.map((id) => look(keys.lease(id))))
  return found.size
}

function notDone(open: number, count: number, timeoutMs: number): QtoolError {
  return new QtoolError(
    `expected workers to be done with the ${count} canaries within ${timeoutMs / 1000} s, ${open} are still in the queue`,
    {
      code: 'CANARY_TIMEOUT',
      suggestions: [
        'start a worker: qtool work',
        'the rest of the dead letters were left alone; run it again to go on',
      ],
    },
  )
}
