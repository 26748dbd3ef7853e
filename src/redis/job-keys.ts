import type {PayloadKind} from '../record/payload/payload.ts'

/** The keys that BullMQ keeps ready jobs in; what comes before is also the beginning of the keys of their hashes. */
const BULLMQ_READY = /:(?:wait|paused|prioritized)$/

/** Whether BullMQ keeps the jobs of this key in a sorted set; all other ready jobs of libraries are in lists. */
export function isSortedJobs(key: string | undefined): boolean {
  return key?.endsWith(':prioritized') ?? false
}

/**
 * What the key of a job's hash begins with, before the id; undefined for kinds whose items are no ids.
 * @param ready the key of the ready items, which need not be named after the queue
 */
export function jobKeyPrefix(kind: PayloadKind, queue: string, ready: string): string | undefined {
  if (kind === 'rq') return 'rq:job:'
  if (kind !== 'bullmq') return undefined
  return BULLMQ_READY.test(ready) ? ready.replace(BULLMQ_READY, ':') : `bull:${queue}:`
}
