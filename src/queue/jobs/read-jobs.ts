import type {ChainableCommander, Redis} from 'ioredis'
import {usageError} from '../../errors.ts'
import type {Items} from '../../record/items.ts'
import {payloadOf} from '../../record/payload/kinds.ts'
import type {JobFields} from '../../record/payload/payload.ts'
import {type JobHashes, type ReadItems, type ReadOptions, readItems} from '../../record/payload/read-items.ts'
import {keySlot} from '../../redis/cluster/key-slot.ts'
import {jobKeyPrefix} from '../../redis/job-keys.ts'
import type {QueueKeys} from '../../redis/keys.ts'
import {layoutOf} from '../../redis/route.ts'

/** The jobs of these items are too large to be read together. */
export class CrowdedJobsError extends Error {}

export interface ReadJobsOptions extends ReadOptions {
  /** Most bytes of several jobs that are read together; any number if left out. */
  mostBytes?: number
}

/** A queue whose items are read. */
interface JobPlace {
  redis: Redis
  name: string
  keys: QueueKeys
}

/**
 * Unpacks the records of items. Of jobs whose items are only ids, Redis is asked for what their hashes hold; nothing is
 * changed there.
 * @throws CrowdedJobsError if they hold more than `mostBytes`, QtoolError (usage) if a cluster has them in other slots
 */
export async function readJobs(place: JobPlace, items: Items, options: ReadJobsOptions): Promise<ReadItems> {
  const fields = payloadOf(options.kind)?.fields
  const prefix = jobKeyPrefix(options.kind, place.name, place.keys.ready)
  if (!fields || prefix === undefined || items.count === 0) return readItems(items, options)
  if (layoutOf(place.redis) === 'cluster') assertOneSlot(prefix, place.keys.ready)
  const keys = Array.from({length: items.count}, (_, i) =>
    Buffer.concat([Buffer.from(prefix), items.item(i)]),
  )
  return readItems(items, options, await readHashes(place.redis, keys, fields, options))
}

/** The hashes of a queue's jobs are read over the client of the queue. */
function assertOneSlot(prefix: string, ready: string): void {
  const slot = keySlot(ready)
  if (['1', '2'].every((id) => keySlot(`${prefix}${id}`) === slot)) return
  throw usageError(
    `on a Cluster, the hashes of jobs are read where their queue is, but ${prefix}1 and ${prefix}2 are not in the slot of ${ready}`,
    'BullMQ has them in one slot if its prefix or the name of the queue is in braces; RQ has no way to do so',
  )
}

/** The first field is the large one. Its length is asked for first, since Redis may hold 512 MB there. */
async function readHashes(
  redis: Redis,
  keys: readonly Buffer[],
  fields: readonly string[],
  {maxBytes, mostBytes = Number.POSITIVE_INFINITY}: ReadJobsOptions,
): Promise<JobHashes> {
  const lengths = await askAll(redis, keys, (to, key) => to.hstrlen(key, fields[0]))
  const sizes = lengths.map((length) => (typeof length === 'number' ? length : 0))
  const wanted = keys.filter((_, i) => sizes[i] > 0 && sizes[i] <= maxBytes)
  const bytes = sizes.reduce((sum, size) => sum + (size <= maxBytes ? size : 0), 0)
  if (bytes > mostBytes && wanted.length > 1) throw new CrowdedJobsError()
  const found = await askAll(redis, wanted, (to, key) => to.hmgetBuffer(key, ...fields))
  let next = 0
  return sizes.map((size) => {
    if (size > maxBytes) return 'large'
    return size > 0 ? ((found[next++] as JobFields | null) ?? []) : []
  })
}

/** Sends one command for each key in one go. @returns the replies; null for a key of another type */
async function askAll(
  redis: Redis,
  keys: readonly Buffer[],
  ask: (to: ChainableCommander, key: Buffer) => void,
): Promise<unknown[]> {
  if (keys.length === 0) return []
  const pipeline = redis.pipeline()
  for (const key of keys) ask(pipeline, key)
  const answers = (await pipeline.exec()) ?? []
  return keys.map((_, i) => answerOf(answers[i]))
}

/** An id may be that of another key, such as `meta`. */
function answerOf(answer: [Error | null, unknown] | undefined): unknown {
  const [error, reply] = answer ?? [new Error('a pipeline was not answered'), null]
  if (error && !error.message.startsWith('WRONGTYPE')) throw error
  return error ? null : reply
}
