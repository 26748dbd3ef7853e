import {usageError} from '../errors.ts'

/** Every key of one queue. Nothing else in qtool builds a key name. */
export interface QueueKeys {
  /** ZSET: item text → score. Ready items, lowest score first. */
  readonly ready: string
  /** ZSET: dead letter (JSON text) → time it failed, ms since 1970. */
  readonly dead: string
  /** ZSET: lease id → visible-at, ms since 1970 by the clock of Redis. */
  readonly leases: string
  /** HASH: lease id → attempt count. */
  readonly attempts: string
  /** HASH: counters of records, e.g. `enqueued`, `inserted`. */
  readonly stats: string
  /** ZSET: the items of one lease with their scores. */
  lease(id: string): string
  /** STRING: marks that one chunk of `enqueue` was executed. */
  sent(id: string): string
}

/**
 * Queue names become part of keys, so they may not hold the separators or glob characters of Redis:
 * `^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$`.
 */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/

/** @throws QtoolError (usage) when the name cannot be part of a key. */
export function assertQueueName(name: string): string {
  if (!NAME.test(name)) {
    throw usageError(
      `expected a queue name of letters, digits, "_", "." and "-" (1 to 128), got ${JSON.stringify(name)}`,
      'give the name without its key prefix: -q live_points, not -q queue:live_points',
    )
  }
  return name
}

/**
 * The keys of a queue. The plain layout is the one existing producers write (`queue:NAME`, `dlq:NAME`);
 * on Cluster the name is a hash tag, so that all keys of a queue share one slot.
 */
export function queueKeys(queue: string, layout: 'plain' | 'cluster' = 'plain'): QueueKeys {
  const name = layout === 'cluster' ? `{${assertQueueName(queue)}}` : assertQueueName(queue)
  return {
    ready: `queue:${name}`,
    dead: `dlq:${name}`,
    leases: `leases:${name}`,
    attempts: `attempts:${name}`,
    stats: `stats:${name}`,
    lease: (id) => `lease:${name}:${id}`,
    sent: (id) => `sent:${name}:${id}`,
  }
}
