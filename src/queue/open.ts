import type {Redis} from 'ioredis'
import {assertKeepsKeys} from '../redis/eviction.ts'
import {queueKeys} from '../redis/keys.ts'
import {bindQueue, readBinding} from './binding.ts'
import type {QueueEngine} from './engine.ts'
import type {LeaseBook} from './lease-book/book.ts'
import {extendLease, giveLeaseBack} from './lease-book/deadline.ts'
import {leaseIds, repairLeases} from './lease-book/repair.ts'
import {settleLease} from './lease-book/settle.ts'
import {splitLease} from './lease-book/split.ts'
import {takeLease} from './lease-book/take.ts'
import {originOf} from './origin.ts'
import {pauseQueue, readPause, resumeQueue} from './pause.ts'
import {freeOldTrash} from './trash.ts'
import {countItems, destroyQueue} from './whole.ts'
import {forgetSilentWorkers, forgetWorker, reportWorker} from './worker-state.ts'
import {ZSET} from './zset/zset.ts'

/** Opens a queue: the only place outside `redis` that knows its keys. @throws QtoolError (usage) for an impossible name */
export function openQueue(redis: Redis, {name}: {name: string}): QueueEngine {
  const keys = queueKeys(name)
  const {lua, calls} = ZSET
  const book: LeaseBook = {redis, keys, engine: lua}
  const takers = new Set<string>()
  return {
    kind: lua.kind,
    name,
    can: lua.can,
    openProducer: (options) => calls.openProducer(redis, keys, options),
    peek: (limit) => calls.peek(redis, keys, limit),
    depth: () => calls.depth(redis, keys),
    put: (item, score) => calls.put(redis, keys, item, score),
    take: (request) => {
      takers.add(request.taker)
      return takeLease(book, request)
    },
    extend: (lease, lengthMs) => extendLease(book, lease, lengthMs),
    giveBack: (lease, how) => giveLeaseBack(book, lease, how),
    settle: (lease, outcome) => settleLease(book, lease, outcome),
    split: (lease, attempts) => splitLease(book, lease, attempts),
    repair: () => repairLeases(book),
    heldLeases: () => leaseIds(book),
    countItems: () => countItems(book),
    destroy: () => destroyQueue(book, takers),
    pause: (forMs) => pauseQueue(redis, keys, forMs),
    resume: () => resumeQueue(redis, keys),
    pauseState: () => readPause(redis, keys),
    binding: () => readBinding(redis, name),
    bind: (binding, options) => bindQueue(redis, name, binding, options),
    origin: () => originOf(redis, keys),
    reportWorker: (state) => reportWorker(redis, keys, state),
    forgetWorker: (worker) => forgetWorker(redis, keys, worker),
    forgetSilentWorkers: () => forgetSilentWorkers(redis, keys),
    freeOldTrash: () => freeOldTrash(redis, keys),
    assertKept: () => assertKeepsKeys(redis),
  }
}
