import type {Redis} from 'ioredis'
import type {PoolClient} from 'pg'
import {QtoolError} from '../errors.ts'
import type {QueueEngine} from '../queue/engine.ts'
import {SilentNodeError} from '../redis/cluster/silent-node.ts'
import {isClusterDown, isElsewhere} from '../redis/failure.ts'
import {layoutOf} from '../redis/route.ts'
import {Asking} from './asking.ts'
import {type Facts, FORMAT, KIND, type QtoolFacts} from './facts.ts'
import {readHost} from './host.ts'
import {measureLink} from './link.ts'
import {readPostgresFacts} from './postgres/facts.ts'
import {type QueueFacts, readQueue} from './queue/facts.ts'
import {readRedis} from './redis/read.ts'
import {readSentinels, type SentinelSource} from './redis/sentinel-facts.ts'

/** The servers to ask. Those that are not configured are left out. */
export interface Sources {
  qtool: QtoolFacts
  redis?: {
    /** Its URL, with the password masked. */
    server: string
    /** The server of the queue is there even if the queue cannot be opened; on Cluster another node if it does not answer. */
    lend<R>(use: (redis: Redis, openQueue: () => Promise<QueueEngine>) => Promise<R>): Promise<R>
  }
  sentinels?: SentinelSource
  /** The table that was named, as written in SQL; without it those of the workers. */
  table?: string | undefined
  postgres?: {lend<R>(use: (client: PoolClient) => Promise<R>): Promise<R>}
  signal: AbortSignal
}

/** Reads all facts, which takes about two seconds. A server that cannot be reached is a fact as well. */
export async function readFacts(sources: Sources): Promise<Facts> {
  const asking = new Asking()
  const [host, onRedis, sentinel] = await Promise.all([
    readHost(),
    readFromRedis(sources, asking),
    sources.sentinels ? readSentinels(sources.sentinels, asking) : null,
  ])
  const onPostgres = await readFromPostgres(sources, asking, tablesOf(sources, onRedis?.queue ?? null))
  return {
    kind: KIND,
    format: FORMAT,
    madeAt: new Date().toISOString(),
    qtool: sources.qtool,
    host,
    redis: onRedis?.redis ?? null,
    sentinel,
    queue: onRedis?.queue ?? null,
    postgres: onPostgres?.postgres ?? null,
    postgresLink: onPostgres?.link ?? null,
    unread: asking.unread,
  }
}

/** The table that was named, else those of the workers. */
function tablesOf({table}: Sources, queue: QueueFacts | null): string[] {
  if (table !== undefined) return [table]
  return queue?.table == null ? [] : [queue.table, ...(queue.otherTables ?? [])]
}

async function readFromRedis({redis: source, signal}: Sources, asking: Asking) {
  if (!source) return absent(['redis', 'queue'], asking, 'no Redis is configured', 'name it with --redis-url')
  const read = source.lend(async (redis, openQueue) => {
    const how = {asking, signal}
    const ofQueue = openQueue().then((queue) => readQueue(queue, how))
    const [facts, queue] = await Promise.all([
      readRedis(redis, source.server, how),
      ofQueue.catch((error: unknown) => unlessOfSlot(redis, error, asking)),
    ])
    return {redis: facts, queue}
  })
  return unlessDown(['redis', 'queue'], asking, read)
}

/** Nothing of a queue whose slot moves or is not served: a server is checked all the same, since it says what is wrong. */
function unlessOfSlot(redis: Redis, error: unknown, asking: Asking): null {
  if (error instanceof SilentNodeError) {
    asking.note(
      'queue',
      'down',
      error,
      'start that node again; what is said of Redis is of another node meanwhile',
    )
    return null
  }
  const isDown = isClusterDown(error)
  // With redis:// a slot that is elsewhere never arrives: the server is a node of a cluster
  if (!isElsewhere(error) || (layoutOf(redis) === 'plain' && !isDown)) throw error
  const fix = isDown
    ? 'let the cluster serve all slots again'
    : 'wait until the slot of the queue has moved to its new node'
  asking.note('queue', 'refused', error, fix)
  return null
}

async function readFromPostgres({postgres: source}: Sources, asking: Asking, tables: string[]) {
  if (!source) return absent(['postgres'], asking, 'no Postgres is configured', 'name it with --database-url')
  const askTime = (client: PoolClient) => async () => {
    const {rows} = await client.query<{ms: number}>(TIME)
    return rows[0].ms
  }
  const read = source.lend(async (client) => ({
    link: await measureLink(askTime(client)),
    postgres: await readPostgresFacts(client, tables),
  }))
  return unlessDown(['postgres'], asking, read)
}

const TIME = 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms'

function absent(parts: string[], asking: Asking, reason: string, fix: string): null {
  for (const part of parts) asking.note(part, 'absent', reason, fix)
  return null
}

/** What was read, or null if the server cannot be reached or went away meanwhile. */
async function unlessDown<T>(parts: string[], asking: Asking, read: Promise<T>): Promise<T | null> {
  try {
    return await read
  } catch (error) {
    if (!(error instanceof QtoolError && error.kind === 'connect')) throw error
    for (const part of parts) asking.note(part, 'down', error, 'start the server, or correct its URL')
    return null
  }
}
