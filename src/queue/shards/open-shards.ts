import {setTimeout as wait} from 'node:timers/promises'
import {keySlot} from '../../redis/cluster/key-slot.ts'
import {layoutOf} from '../../redis/route.ts'
import {type QueueReading, readQueue, withRates} from '../survey/queue-row.ts'
import {countOutbox} from './moving/outbox.ts'
import {rebalance} from './moving/rebalance.ts'
import {type Member, type ShardSet, sum} from './shard-set.ts'
import type {ShardStatus, Shards, ShardsStatus} from './shards.ts'
import {isRetired, skewOf} from './spread.ts'

/** Time between the two looks of a status, ms. */
const APART_MS = 1000

/** What can be done with the shards of a queue. */
export function openShards(set: ShardSet): Shards {
  return {
    get map() {
      return set.map
    },
    status: () => readStatus(set),
    count: async () => {
      const members = await set.members()
      const counts = await Promise.all(
        members.map(({queue}) => Promise.all([queue.depth(), queue.letters.count()])),
      )
      return {
        items: sum(counts.map(([items]) => items)),
        deadLetters: sum(counts.map(([, letters]) => letters)),
      }
    },
    rebalance: (options) => rebalance(set, options),
  }
}

async function readStatus(set: ShardSet): Promise<ShardsStatus> {
  const map = await set.refresh()
  const members = await set.members()
  const read = () =>
    Promise.all(members.map(({redis, queue}) => readQueue(redis, queue.name, {memory: false})))
  const before = await read()
  await wait(APART_MS)
  const after = await read()
  const moving = await Promise.all(members.map((member) => countOutbox(member.redis, member)))
  const ready = sum(after.map(({row}) => row.ready ?? 0))
  const each = members.map((member, i) =>
    statusOf(member, {before: before[i], after: after[i], moving: moving[i], ready, shards: map.shards}),
  )
  return {
    queue: set.name,
    shards: map.shards,
    shardBy: map.shardBy ?? null,
    order: map.isStrict ? 'strict' : 'free',
    isMoving: map.move !== undefined,
    skew: skewOf(each),
    each,
  }
}

function statusOf(
  {shard, redis, keys, queue}: Member,
  seen: {before: QueueReading; after: QueueReading; moving: number; ready: number; shards: number},
): ShardStatus {
  const {ready, leased, deadLetters, oldestMs, paused, inPerSecond, outPerSecond, problem} = withRates(
    seen.after.row,
    seen.before.passed,
    seen.after.passed,
  )
  const {remoteAddress, remotePort} = redis.stream ?? {}
  return {
    shard,
    queue: queue.name,
    isRetired: isRetired(shard, seen.shards),
    ...{ready, leased, deadLetters, oldestMs, paused, inPerSecond, outPerSecond, problem},
    moving: seen.moving,
    share: seen.ready > 0 && ready !== null ? ready / seen.ready : null,
    slot: layoutOf(redis) === 'cluster' ? keySlot(keys.ready) : null,
    node: remoteAddress === undefined ? null : `${remoteAddress}:${remotePort}`,
  }
}
