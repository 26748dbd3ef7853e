import type {Redis} from 'ioredis'
import type {Durability} from '../config/durability.ts'
import {assertKeepsKeys} from '../redis/eviction.ts'
import type {QueueKeys} from '../redis/keys.ts'
import {readLags} from '../redis/replica/lag.ts'
import {bindQueue, readBinding} from './binding.ts'
import {confirmed} from './confirmed.ts'
import type {QueueEngine} from './engine.ts'
import type {Engine, OpenedBook} from './engine-calls.ts'
import type {QueueHome} from './home.ts'
import {inspectQueue} from './inspect.ts'
import {purgeItems, restoreItems} from './item-trash.ts'
import {parseItemFilter} from './items/item-filter.ts'
import {peekItems, peekMatching} from './items/peek.ts'
import {countMatching, purgeMatching} from './items/purge-items.ts'
import {readJobs} from './jobs/read-jobs.ts'
import {assertTakesRecords} from './jobs/takes-records.ts'
import {keepHome} from './keep-home.ts'
import {knownQueues, queueExists} from './known-queues.ts'
import {extendLease, giveLeaseBack} from './lease-book/deadline.ts'
import {readPlaces} from './lease-book/places.ts'
import {leaseIds, repairLeases} from './lease-book/repair.ts'
import {settleLease} from './lease-book/settle.ts'
import {splitLease} from './lease-book/split.ts'
import {takeLease} from './lease-book/take.ts'
import {openLetters} from './letters/dead-letters.ts'
import {undoEdit} from './letters/edit-letters.ts'
import {redisNow} from './letters/letter-scan.ts'
import {restoreLetters} from './letters/restore-letters.ts'
import {composeAll} from './lua-engine.ts'
import {openOperations} from './operation-book/book.ts'
import {originOf} from './origin.ts'
import {pauseQueue, readPause, readPauseOrigin, resumeQueue} from './pause.ts'
import {findTraces} from './traces.ts'
import {freeOldTrash, listTrash} from './trash-list.ts'
import {verifyCounts} from './verify-counts.ts'
import {countItems, destroyQueue} from './whole.ts'
import {forgetSilentWorkers, forgetWorker, readLivingWorkers, reportWorker} from './worker-state.ts'
import {assertQueueType, nameBrokenKey} from './wrong-type.ts'

/** What a queue is made of. */
export interface QueueParts {
  redis: Redis
  name: string
  keys: QueueKeys
  engine: Engine
  durability?: Durability
  /** The type of its key, as Redis named it when it was opened. */
  type?: string | null
  /** What is written down of it. */
  home?: QueueHome
  /** What is not written down of it yet. */
  news?: QueueHome
}

/** Makes a queue of what its kind does by itself, and of what all kinds share. */
export function composeQueue(parts: QueueParts): QueueEngine {
  return confirmed(compose(parts), parts)
}

function compose({
  redis,
  name,
  keys,
  engine,
  durability,
  home = {},
  news = {},
  type = null,
}: QueueParts): QueueEngine {
  const {lua, calls} = engine
  const book: OpenedBook = {redis, keys, engine: lua, calls, durability}
  const takers = new Set<string>()
  return {
    kind: lua.kind,
    name,
    can: lua.can,
    shards: null,
    letters: openLetters(book),
    operations: openOperations(redis, name, keys),
    openProducer: async (options) => {
      assertTakesRecords(name, home)
      return calls.openProducer(book, options)
    },
    peek: (limit) => peekItems(book, limit),
    depth: () => calls.depth(redis, keys),
    put: (item, score) => calls.put(redis, keys, item, score),
    exists: () => queueExists(redis, keys),
    keep: async () => {
      assertQueueType(keys.ready, type)
      await keepHome({redis, name, keys}, news)
    },
    neighbours: () => knownQueues(redis),
    readFrom: () => readLags([redis]),
    countLeases: () => redis.zcard(keys.leases),
    inspect: (known) => {
      // The slow log names them
      composeAll(lua)
      return inspectQueue(book, name, known)
    },
    verify: (options) => verifyCounts(redis, keys, options),
    itemFilter: async (where, {records, nowMs, jobsFor}) => {
      const at = nowMs ?? (await redisNow(redis))
      return parseItemFilter(where, {
        queue: name,
        nowMs: at,
        records,
        timesOf: calls.timesOf,
        can: lua.can,
        jobsFor,
      })
    },
    search: (options) => peekMatching(book, options),
    countMatching: (options) => countMatching(book, options),
    clear: (expected) => purgeItems(book, expected),
    clearMatching: (options) => purgeMatching(book, options),
    assertClearable: async () => calls.assertClearable?.(redis, keys),
    trash: () => listTrash(redis, keys),
    restore: (trash, signal, how) => {
      if (trash.kind === 'edit') return undoEdit(redis, keys, trash.id, signal, how)
      if (trash.kind === 'dead') return restoreLetters(redis, keys, trash, signal, how)
      return restoreItems(book, trash, signal, how)
    },
    take: (request) => {
      takers.add(request.taker)
      return takeLease(book, request)
    },
    readItems: (items, options) => readJobs({redis, name, keys}, items, options),
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
    pause: (options) => pauseQueue(redis, keys, options),
    resume: () => resumeQueue(redis, keys),
    pauseState: () => readPause(redis, keys),
    pauseOrigin: () => readPauseOrigin(redis, keys),
    sampleItems: () => calls.sample(redis, keys),
    binding: () => readBinding(redis, {name, keys}),
    bind: (binding, options) => bindQueue(redis, {name, keys}, binding, options),
    origin: () => originOf(redis, keys),
    reportWorker: (state) => reportWorker(redis, keys, state),
    forgetWorker: (worker) => forgetWorker(redis, keys, worker),
    livingWorkers: () => readLivingWorkers(redis, keys),
    forgetSilentWorkers: () => forgetSilentWorkers(redis, keys),
    freeOldTrash: () => freeOldTrash(book),
    assertKept: () => assertKeepsKeys(redis),
    explain: (error) => nameBrokenKey(book, error),
  }
}
