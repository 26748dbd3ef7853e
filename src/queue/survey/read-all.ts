import {shardName} from '../shards/shard-map.ts'
import {joinShards} from './join-shards.ts'
import type {QueueReading} from './queue-row.ts'

/** Queues that are read at the same time: each takes Redis less than 0.1 ms, mostly. */
const AT_ONCE = 50

export interface ReadAllOptions {
  /** Whether a queue that was not found may be there all the same. */
  isLost(queue: string): Promise<boolean>
  /** Called before each step, and may throw. */
  onStep(): void
}

/**
 * Reads queues by their names. One that is spread is one row with its shards, which are no rows of their own; they are read
 * whether they were found or not. What may be a shard of a queue that cannot be read is a row with that problem.
 */
export async function readAll(
  names: readonly string[],
  readOne: (name: string) => Promise<QueueReading>,
  {isLost, onStep}: ReadAllOptions,
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
  const broken = new Set(whole.flatMap(({row}) => (row.problem === null ? [] : row.queue)))
  const isUnread = async (queue: string) => (all.has(queue) ? broken.has(queue) : isLost(queue))
  const doubted = [...(await Promise.all(joined)), ...others].map(async (reading) => {
    const queue = queueOf(reading.row.queue)
    return queue !== undefined && (await isUnread(queue)) ? doubtful(reading, queue) : reading
  })
  return Promise.all(doubted)
}

/** A row that may be a part of another one. */
function doubtful(reading: QueueReading, queue: string): QueueReading {
  const {row} = reading
  return {
    ...reading,
    row: {...row, problem: row.problem ?? `may be a shard of ${queue}, which cannot be read`},
  }
}

const SHARD = /^(.+)_shard_([1-9]\d{0,2})$/

function queueOf(name: string): string | undefined {
  return SHARD.exec(name)?.[1]
}

function numberOf(name: string): number {
  return Number(SHARD.exec(name)?.[2] ?? Number.POSITIVE_INFINITY)
}
