import {shardName} from '../shards/shard-map.ts'
import {joinShards} from './join-shards.ts'
import type {QueueReading} from './queue-row.ts'

/** Queues that are read at the same time: each takes Redis less than 0.1 ms, mostly. */
const AT_ONCE = 50

/**
 * Reads queues by their names. One that is spread is one row with its shards, which are no rows of their own; they are read
 * whether they were found or not.
 * @param onStep called before each step, and may throw
 */
export async function readAll(
  names: readonly string[],
  readOne: (name: string) => Promise<QueueReading>,
  onStep: () => void,
): Promise<QueueReading[]> {
  const read = async (some: readonly string[]) => {
    const readings: QueueReading[] = []
    for (let i = 0; i < some.length; i += AT_ONCE) {
      onStep()
      readings.push(...(await Promise.all(some.slice(i, i + AT_ONCE).map(readOne))))
    }
    return readings
  }
  const all = new Set(names)
  const mayBeShard = (name: string) => all.has(queueOf(name) ?? '')
  const whole = await read(names.filter((name) => !mayBeShard(name)))
  const served = new Map(whole.map(({row, map}) => [row.queue, map?.served ?? 0]))
  const isShard = (name: string) => numberOf(name) <= (served.get(queueOf(name) ?? '') ?? 0)
  const others = await read(names.filter((name) => mayBeShard(name) && !isShard(name)))
  const joined = whole.map(async (reading) => {
    const {map, row} = reading
    if (!map) return reading
    const shards = Array.from({length: map.served}, (_, i) => shardName(row.queue, i + 1))
    return joinShards(map.shards, [reading, ...(await read(shards))])
  })
  return [...(await Promise.all(joined)), ...others]
}

const SHARD = /^(.+)_shard_([1-9]\d{0,2})$/

function queueOf(name: string): string | undefined {
  return SHARD.exec(name)?.[1]
}

function numberOf(name: string): number {
  return Number(SHARD.exec(name)?.[2] ?? Number.POSITIVE_INFINITY)
}
