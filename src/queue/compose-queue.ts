import type {Redis} from 'ioredis'
import {assertKeepsKeys} from '../redis/eviction.ts'
import type {QueueKeys} from '../redis/keys.ts'
import {bindQueue, readBinding} from './binding.ts'
import type {QueueEngine} from './engine.ts'
import {inspectQueue} from './inspect.ts'
import {sampleItems} from './item-sample.ts'
import {knownQueues, queueExists} from './known-queues.ts'
import type {LeaseBook} from './lease-book/book.ts'
import {extendLease, giveLeaseBack} from './lease-book/deadline.ts'
import {readPlaces} from './lease-book/places.ts'
import {leaseIds, repairLeases} from './lease-book/repair.ts'
import {settleLease} from './lease-book/settle.ts'
import {splitLease} from './lease-book/split.ts'
import {takeLease} from './lease-book/take.ts'
import {openLetters} from './letters/dead-letters.ts'
import {undoEdit} from './letters/edit-letters.ts'
import {redisNow} from './letters/letter-scan.ts'
import {composeAll, type Engine} from './lua-engine.ts'
import {openOperations} from './operation-book/book.ts'
import {originOf} from './origin.ts'
import {pausedSince, pauseQueue, readPause, resumeQueue} from './pause.ts'
import {findTraces} from './traces.ts'
import {purgeAll} from './trash.ts'
import {freeOldTrash, listTrash} from './trash-list.ts'
import {undoPurge} from './undo-purge.ts'
import {verifyCounts} from './verify-counts.ts'
import {countItems, destroyQueue} from './whole.ts'
import {forgetSilentWorkers, forgetWorker, reportWorker} from './worker-state.ts'
import {nameBrokenKey} from './wrong-type.ts'
import {parseItemFilter} from './zset/item-filter.ts'
import {peekMatching} from './zset/peek.ts'
import {countMatching, purgeMatching} from './zset/purge-items.ts'

/** What a queue is made of. */
export interface QueueParts {
  redis: Redis
  name: string
  keys: QueueKeys
  engine: Engine
}

/** Makes a queue of what its kind does by itself, and of what all kinds share. */
export function composeQueue({redis, name, keys, engine}: QueueParts): QueueEngine {
  const {lua, calls} = engine
  const book: LeaseBook = {redis, keys, engine: lua}
  const takers = new Set<string>()
  return {
    kind: lua.kind,
    name,
    can: lua.can,
    letters: openLetters(book),
    operations: openOperations(redis, name, keys),
    openProducer: (options) => calls.openProducer(redis, keys, options),
    peek: (limit) => calls.peek(redis, keys, limit),
    depth: () => calls.depth(redis, keys),
    put: (item, score) => calls.put(redis, keys, item, score),
    exists: () => queueExists(redis, keys),
    neighbours: () => knownQueues(redis),
    countLeases: () => redis.zcard(keys.leases),
    inspect: (known) => {
      // The slow log names them
      composeAll(lua)
      return inspectQueue(redis, name, keys, known)
    },
    verify: (options) => verifyCounts(redis, keys, options),
    itemFilter: async (where, {records, nowMs}) =>
      parseItemFilter(where, {queue: name, nowMs: nowMs ?? (await redisNow(redis)), records}),
    search: (options) => peekMatching(redis, keys.ready, options),
    countMatching: (options) => countMatching(redis, keys.ready, options),
    clear: (expected) => purgeAll(redis, keys, 'ready', expected),
    clearMatching: (options) => purgeMatching(redis, keys, options),
    trash: () => listTrash(redis, keys),
    restore: (trash, signal, hold) =>
      trash.kind === 'edit'
        ? undoEdit(redis, keys, trash.id, signal, hold)
        : undoPurge(redis, keys, trash, signal, hold),
    take: (request) => {
      takers.add(request.taker)
      return takeLease(book, request)
    },
    places: (lease) => readPlaces(book, lease),
    tracesOf: async (lease) => (lua.can.locate ? findTraces(redis, keys, lease) : []),
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
    pausedSince: () => pausedSince(redis, keys),
    sampleItems: () => sampleItems(redis, keys),
    binding: () => readBinding(redis, {name, keys}),
    bind: (binding, options) => bindQueue(redis, {name, keys}, binding, options),
    origin: () => originOf(redis, keys),
    reportWorker: (state) => reportWorker(redis, keys, state),
    forgetWorker: (worker) => forgetWorker(redis, keys, worker),
    forgetSilentWorkers: () => forgetSilentWorkers(redis, keys),
    freeOldTrash: () => freeOldTrash(redis, keys),
    assertKept: () => assertKeepsKeys(redis),
    explain: (error) => nameBrokenKey(redis, keys, error),
  }
}
