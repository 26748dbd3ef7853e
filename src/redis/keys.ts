import {assertQueueName} from '../config/queue-name.ts'
import type {KeyLayout} from './route.ts'

/** Every key of one queue. Nothing else in qtool builds a key name. */
export interface QueueKeys {
  /** ZSET: item text → score. Ready items, lowest score first. */
  readonly ready: string
  /** ZSET: dead letter (JSON text) → time it failed, ms since 1970. */
  readonly dead: string
  /** ZSET: lease id → visible-at, ms since 1970 by the clock of Redis. */
  readonly leases: string
  /** HASH: lease id → its state, see lease.ts; the field is removed with the lease. */
  readonly attempts: string
  /**
   * HASH: counters of records since the queue exists (`enqueued`, `inserted`, `already_there`, `suppressed`,
   * `dead_lettered`), of items without a record (`empty`) and entries that were trimmed (`trimmed`), of consumer groups that were made again (`regrouped`), of qtool's own letters at present (`dead:REASON`) with the span of their failures
   * (`failed:REASON`), and the last fence of a lease. See letter-counts.ts and letter-span.ts.
   */
  readonly stats: string
  /** STRING: since when the queue is paused; `pause --for` lets it expire. */
  readonly paused: string
  /** HASH: worker process → JSON of its state; a worker removes its own, and those that fell silent. */
  readonly workers: string
  /**
   * HASH: hash of a replayed item that is under way → the run of `dlq replay` that watches it, then a JSON list of
   * its earlier failures. The worker that finishes the item removes its field; fields of purged items are removed
   * once the queue is empty. The key as a whole expires.
   */
  readonly history: string
  /**
   * HASH: `RUN:HASH` of each item of a canary → `open`, `written` or `failed`. The replay removes its fields; the key
   * expires.
   */
  readonly canary: string
  /**
   * HASH: trash id → `KIND MEMBERS MS REASON=COUNT…`; a field is removed after 24 hours, with the trash that it
   * names.
   */
  readonly trash: string
  /** HASH: the table its workers drain it into, and how; see queue/binding.ts. */
  readonly sink: string
  /** ZSET: id of a kept operation → when it was made, ms since 1970; see queue/operation-book/. */
  readonly operations: string
  /** ZSET: id of an operation that is to be carried on → until when a runner holds it, ms since 1970; 0 if none does. */
  readonly runners: string
  /** ZSET: the items of one lease with their scores; removed with the lease. */
  lease(id: string): string
  /** ZSET: the members that one purge removed, with their scores. */
  trashed(id: string): string
  /** STRING: the last turn of one loop of a worker, and the lease it got; expires. */
  taker(id: string): string
  /**
   * HASH: slot → `NUMBER ADDED`, the last chunk of one run of `enqueue` that was executed; removed at the end of the
   * run, or expires. Also `reply` → the reply of one call of a script; expires.
   */
  sent(id: string): string
  /** HASH: one kept operation, see queue/operation-book/read.ts; expires some days after its end. */
  operation(id: string): string
}

/** STREAM: what was done to queues by hand, oldest first; see queue/audit.ts. */
export const AUDIT_KEY = 'qtool:audit'

/** STRING: what a request with an Idempotency-Key was answered; expires. See queue/answer-book.ts. */
export function answerKey(hash: string, layout: KeyLayout): string {
  // All in one slot, so that one connection reaches them
  return layout === 'cluster' ? `qtool:{answer}:${hash}` : `qtool:answer:${hash}`
}

/** HASH: id of a kept operation → its queue, so that it is found by its id alone. */
export const OPERATIONS_KEY = 'qtool:operations'

/** ZSET: name of a process that carries operations on → until when it counts as alive, ms since 1970. */
export const RUNNERS_KEY = 'qtool:runners'

/**
 * The keys of a queue. The plain layout is the one existing producers write (`queue:NAME`, `dlq:NAME`);
 * on Cluster the name is a hash tag, so that all keys of a queue share one slot.
 * @param ready the key of the ready items, if it is another; on Cluster it must be in the slot of the name
 */
export function queueKeys(queue: string, layout: KeyLayout = 'plain', ready?: string): QueueKeys {
  const name = layout === 'cluster' ? `{${assertQueueName(queue)}}` : assertQueueName(queue)
  return {
    ready: ready ?? `queue:${name}`,
    dead: `dlq:${name}`,
    leases: `leases:${name}`,
    attempts: `attempts:${name}`,
    stats: `stats:${name}`,
    paused: `paused:${name}`,
    workers: `workers:${name}`,
    history: `history:${name}`,
    canary: `canary:${name}`,
    trash: `trash:${name}`,
    sink: `sink:${name}`,
    operations: `operations:${name}`,
    runners: `runners:${name}`,
    lease: (id) => `lease:${name}:${id}`,
    trashed: (id) => `trash:${name}:${id}`,
    taker: (id) => `taker:${name}:${id}`,
    sent: (id) => `sent:${name}:${id}`,
    operation: (id) => `operation:${name}:${id}`,
  }
}

/** The key of the ready items if it is not the usual one of a queue of this name, else null. */
export function otherKey({ready}: QueueKeys, name: string): string | null {
  return ready === `queue:${name}` || ready === `queue:{${name}}` ? null : ready
}

/** The keys that a queue has once: all except those of single leases, purges, loops and runs. */
export function singleKeys(keys: QueueKeys): string[] {
  return Object.values(keys).filter((key) => typeof key === 'string')
}

/**
 * The families of keys by which a queue is found: every queue in use has a key of one of them. Keys of the other
 * families are never the only ones of a queue, and have the names of more keys of applications.
 */
const FOUND_BY = ['queue', 'dlq', 'leases', 'stats', 'trash', 'sink', 'paused'] as const

export type KeyFamily = (typeof FOUND_BY)[number]

/** The first characters that every such family has: the shortest has three. */
const HEADS = [0, 1, 2].map((i) => `[${[...new Set(FOUND_BY.map((family) => family[i]))].join('')}]`).join('')

const OF_A_QUEUE = new RegExp(`^(${FOUND_BY.join('|')}):(.*)$`, 's')

/**
 * A pattern for SCAN that the keys of all queues match by which `readQueueKey` finds them. It also matches a few others.
 * @param names glob, as Redis understands it
 */
export function queueKeyGlob(names: string, layout: KeyLayout = 'plain'): string {
  return layout === 'cluster' ? `${HEADS}*:{${names}}` : `${HEADS}*:${names}`
}

/** The queue of a key; undefined for keys of other families. The name need not be one that a queue may have. */
export function readQueueKey(
  key: string,
  layout: KeyLayout = 'plain',
): {family: KeyFamily; name: string} | undefined {
  const [, family, text] = OF_A_QUEUE.exec(key) ?? []
  if (family === undefined) return undefined
  const [, name = text] = (layout === 'cluster' && /^\{(.*)\}$/s.exec(text)) || []
  return {family: family as KeyFamily, name}
}

/** The families of all keys. */
const FAMILIES = /^(?:queue|dlq|leases?|attempts|stats|paused|workers|history|canary|trash|sink|taker|sent):./

/** Whether a key may be one of a queue, so that its name is no secret of another program. */
export function isQueueKey(key: string): boolean {
  return FAMILIES.test(key) || key === AUDIT_KEY
}
