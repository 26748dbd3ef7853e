import type {Redis} from 'ioredis'

/** The group in which a queue that is a stream keeps its leases; see queue/stream/lua-stream.ts. */
export const QUEUE_GROUP = 'qtool'

/** The same for a queue whose stream has a key of another name, so that several queues can read one stream. */
export function groupOfQueue(queue: string): string {
  return `${QUEUE_GROUP}:${queue}`
}

function isOfQueue(group: unknown): boolean {
  return group === QUEUE_GROUP || String(group).startsWith(groupOfQueue(''))
}

/** A consumer group of a stream. */
export interface ConsumerGroup {
  stream: string
  group: string
  consumers: number
  /** Entries that were delivered and not acknowledged. */
  pending: number
  /** Entries that were not delivered yet; null if Redis cannot tell. */
  lag: number | null
  /** ms since any of its consumers asked for entries; null if it has none. */
  idleMs: number | null
  /** ms since the oldest pending entry was delivered; null if none is pending. */
  oldestPendingMs: number | null
}

/** How long streams are searched for, ms. */
const LOOK_MS = 1000

/** Keys that one call of SCAN looks at, about. */
const KEYS_PER_STEP = 1000

/**
 * The consumer groups of all streams that are found within a second, but those of queues: they have consumers only while
 * leases are held.
 * @throws Error NOPERM
 */
export async function consumerGroups(redis: Redis): Promise<ConsumerGroup[]> {
  const until = performance.now() + LOOK_MS
  const groups: ConsumerGroup[] = []
  let cursor = '0'
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', KEYS_PER_STEP, 'TYPE', 'stream')
    for (const stream of new Set(keys)) groups.push(...(await groupsOf(redis, stream)))
    cursor = next
  } while (cursor !== '0' && performance.now() < until)
  return groups
}

async function groupsOf(redis: Redis, stream: string): Promise<ConsumerGroup[]> {
  const groups = (await redis.xinfo('GROUPS', stream)) as Array<Array<string | number | null>>
  const others = groups.map(fieldsOf).filter((fields) => !isOfQueue(fields.get('name')))
  return Promise.all(others.map((fields) => readGroup(redis, stream, fields)))
}

async function readGroup(
  redis: Redis,
  stream: string,
  fields: Map<string, string | number | null>,
): Promise<ConsumerGroup> {
  const group = String(fields.get('name'))
  const consumers = (await redis.xinfo('CONSUMERS', stream, group)) as Array<Array<string | number | null>>
  const idle = consumers.map((flat) => Number(fieldsOf(flat).get('idle')))
  const [oldest] = (await redis.xpending(stream, group, '-', '+', 1)) as Array<
    [string, string, number, number]
  >
  const lag = fields.get('lag') ?? null
  return {
    stream,
    group,
    consumers: consumers.length,
    pending: Number(fields.get('pending') ?? 0),
    lag: lag === null ? null : Number(lag),
    idleMs: idle.length === 0 ? null : Math.min(...idle),
    oldestPendingMs: oldest === undefined ? null : oldest[2],
  }
}

/** name, value, ... */
function fieldsOf(flat: Array<string | number | null>): Map<string, string | number | null> {
  return new Map(flat.flatMap((value, i) => (i % 2 === 0 ? [[String(value), flat[i + 1]] as const] : [])))
}
