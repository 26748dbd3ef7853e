import {QtoolError} from '../../errors.ts'
import {readLags} from '../../redis/replica/lag.ts'
import type {QueueEngine} from '../engine.ts'
import type {Verification} from '../verify-counts.ts'
import {mergeInspections} from './merge-inspections.ts'
import {openShards} from './open-shards.ts'
import {shardOf} from './placement.ts'
import {ofEach, type ShardSet, sum} from './shard-set.ts'
import {
  clearAll,
  clearMatching,
  countAll,
  peekAll,
  restoreAll,
  searchAll,
  trashOfAll,
} from './sharded-items.ts'
import {ShardedLeases} from './sharded-leases.ts'
import {openShardedLetters} from './sharded-letters.ts'
import {openShardedOperations} from './sharded-operations.ts'
import {ShardedProducer} from './sharded-producer.ts'

/**
 * One queue over several, each with keys of its own, on Cluster in a slot of its own. Items, leases, dead letters,
 * counters, trash and pauses are in the shards; the table, the workers and the operations are kept at the queue's own name.
 */
export function openShardedQueue(set: ShardSet, now = () => performance.now()): QueueEngine {
  const {home} = set
  const leases = new ShardedLeases(set, now)
  return {
    kind: home.queue.kind,
    name: set.name,
    can: home.queue.can,
    shards: openShards(set),
    letters: openShardedLetters(set),
    operations: openShardedOperations(set),

    openProducer: (options) => ShardedProducer.open(set, options),
    peek: (limit) => peekAll(set, limit),
    depth: async () => sum(await ofEach(set, (queue) => queue.depth())),
    put: async (item, score) => {
      const {shards} = set.map
      const members = await set.open(shards)
      const at = shardOf(Buffer.from(item), set.map)
      return members[at - 1].queue.put(item, score)
    },
    itemFilter: (where, options) => home.queue.itemFilter(where, options),
    search: (options) => searchAll(set, options),
    countMatching: (options) => countAll(set, options),

    keep: () => home.queue.keep(),
    exists: async () => (await ofEach(set, (queue) => queue.exists())).some(Boolean),
    neighbours: () => home.queue.neighbours(),
    readFrom: async () => readLags((await set.members()).map(({redis}) => redis)),
    countLeases: async () => sum(await ofEach(set, (queue) => queue.countLeases())),
    inspect: async (known) => {
      // Memory that was measured lately is that of all shards
      const own = known?.memory && {memory: {ready: NO_MEMORY, deadLetters: NO_MEMORY}}
      const merged = mergeInspections(set.map, await ofEach(set, (queue) => queue.inspect(own)))
      return {...merged, memory: known?.memory ?? merged.memory}
    },
    verify: async (options) => {
      const letters = new Map<number, number>()
      const found = await ofEach(set, (queue, {shard}) =>
        queue.verify({
          ...options,
          onProgress: (count) => {
            letters.set(shard, count)
            options.onProgress?.(sum([...letters.values()]))
          },
        }),
      )
      const done = found.filter((one) => one !== undefined)
      return done.length === found.length ? mergeVerifications(done) : undefined
    },

    clear: (expected) => clearAll(set, expected),
    clearMatching: (options) => clearMatching(set, options),
    assertClearable: async () => {
      await ofEach(set, (queue) => queue.assertClearable())
    },
    trash: () => trashOfAll(set),
    restore: (trash, signal, how) => restoreAll(set, trash, signal, how),

    take: (request) => leases.take(request),
    readItems: (items, options) => home.queue.readItems(items, options),
    places: (lease) => leases.at(lease, (queue) => queue.places(lease)),
    tracesOf: (lease) => leases.at(lease, (queue) => queue.tracesOf(lease)),
    extend: (lease, lengthMs) => leases.at(lease, (queue) => queue.extend(lease, lengthMs)),
    giveBack: (lease, how) => leases.end(lease, true, (queue) => queue.giveBack(lease, how)),
    settle: (lease, outcome) => {
      const leaves = outcome.postponed.length > 0
      return leases.end(lease, leaves, (queue) => queue.settle(lease, outcome))
    },
    split: (lease, attempts) => leases.end(lease, true, (queue) => queue.split(lease, attempts)),
    repair: async () => {
      const repaired = sum(await ofEach(set, (queue) => queue.repair()))
      // A worker asks this when it finds nothing more, and then looks once more to be sure
      if (repaired > 0) leases.wake()
      return repaired
    },
    heldLeases: async () => (await ofEach(set, (queue) => queue.heldLeases())).flat(),

    countItems: async () => {
      const all = await ofEach(set, (queue) => queue.countItems())
      return {
        ready: sum(all.map(({ready}) => ready)),
        leased: sum(all.map(({leased}) => leased)),
        deadLetters: sum(all.map(({deadLetters}) => deadLetters)),
      }
    },
    destroy: async () => {
      const members = await set.members()
      // The queue's own keys last: they say how many shards there are
      for (const {queue} of [...members].reverse()) await queue.destroy()
    },

    pause: async (options) => {
      await ofEach(set, (queue) => queue.pause(options))
    },
    resume: async () => {
      if ((await set.refresh()).move) throw isMoving(set.name)
      const resumed = await ofEach(set, (queue) => queue.resume())
      leases.wake()
      return resumed.some(Boolean)
    },
    pauseState: async () => {
      const all = await ofEach(set, (queue) => queue.pauseState())
      const ends = all.flatMap(({endsInMs}) => endsInMs ?? [])
      const paused = all.every((state) => state.paused)
      return {paused, endsInMs: paused && ends.length > 0 ? Math.min(...ends) : null}
    },
    pauseOrigin: async () => {
      const all = await ofEach(set, (queue) => queue.pauseOrigin())
      const origins = all.flatMap((origin) => origin ?? [])
      if (origins.length < all.length) return null
      return origins.toSorted((a, b) => (a.since < b.since ? -1 : 1)).at(-1) ?? null
    },
    sampleItems: async () => {
      const all = await ofEach(set, (queue) => queue.sampleItems())
      return {items: sum(all.map(({items}) => items)), largest: Math.max(...all.map(({largest}) => largest))}
    },

    binding: () => home.queue.binding(),
    bind: async (binding, options) => {
      await home.queue.bind(binding, options)
      // A shard is also worked on and looked at by itself; the queue's own table is the one that counts
      await ofEach(set, (queue) => queue.bind(binding, {rebind: true}))
    },
    origin: () => home.queue.origin(),
    reportWorker: (state) => home.queue.reportWorker(state),
    forgetWorker: (name) => home.queue.forgetWorker(name),
    livingWorkers: () => home.queue.livingWorkers(),
    forgetSilentWorkers: () => home.queue.forgetSilentWorkers(),
    freeOldTrash: async () => {
      await ofEach(set, (queue) => queue.freeOldTrash())
    },
    assertKept: async () => (await ofEach(set, (queue) => queue.assertKept())).every(Boolean),
    explain: async (error) => {
      for (const {queue} of await set.members()) {
        const explained = await queue.explain(error)
        if (explained !== error) return explained
      }
      return error
    },
  }
}

const NO_MEMORY = {bytes: 0, isEstimate: false}

function mergeVerifications(all: Verification[]): Verification {
  return {
    letters: sum(all.map(({letters}) => letters)),
    mended: all.flatMap(({mended}) => mended),
    mendedTimes: all.flatMap(({mendedTimes}) => mendedTimes),
  }
}

function isMoving(name: string): QtoolError {
  return new QtoolError(`queue ${name} is being rebalanced, and its workers wait for that`, {
    code: 'REBALANCING',
    kind: 'refused',
    suggestions: [
      `they continue by themselves; if the rebalance was killed, "qtool shards rebalance -q ${name}" finishes it`,
    ],
  })
}
