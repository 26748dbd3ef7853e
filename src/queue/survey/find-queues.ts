import type {Redis} from 'ioredis'
import {isQueueName} from '../../config/queue-name.ts'
import {isDenied} from '../../redis/denied.ts'
import {isElsewhere} from '../../redis/failure.ts'
import {type KeyFamily, queueKeyGlob, readQueueKey} from '../../redis/keys.ts'
import {assertWhole, type KeyLayout, keyspacesOf, layoutOf} from '../../redis/route.ts'

/** Keys that one call of SCAN looks at, about: less than 1 ms of Redis's time. */
export const KEYS_PER_STEP = 1000

/** What one step has found. */
export interface FoundStep {
  /** Queues that no earlier step has found. */
  queues: string[]
  /** What follows `queue:` in keys whose names no queue of qtool may have. SCAN may return a key more than once. */
  foreignNames: string[]
  /** Host and port of the servers whose keys are not looked at, since they do not answer. */
  unreachable: string[]
  /** Whether all keys have been looked at, of the servers that answer. */
  isLast: boolean
}

/** A key that a queue may have, but an application as well. */
interface Candidate {
  key: string
  name: string
  family: ProvenFamily
}

type ProvenFamily = Exclude<KeyFamily, 'queue' | 'dlq'>

/**
 * A command that tells keys of a queue from those of applications, and the replies that do. A key of another type makes
 * it fail. A pause holds the time since when, as RFC 3339 with milliseconds.
 */
const PROOFS: Record<ProvenFamily, {command: string[]; isProof: (reply: unknown) => boolean}> = {
  leases: {command: ['zcard'], isProof: (members) => Number(members) > 0},
  stats: {command: ['hmget', 'enqueued', 'fence'], isProof: hasValue},
  trash: {command: ['hlen'], isProof: (fields) => Number(fields) > 0},
  sink: {command: ['hmget', 'table', 'origin', 'ready_key', 'engine', 'shards'], isProof: hasValue},
  paused: {command: ['strlen'], isProof: (bytes) => bytes === '2026-11-24T06:30:00.000Z'.length},
}

/**
 * Finds every queue, in steps of one SCAN call each, so that Redis stays free for others however many keys it holds.
 * The caller may stop at any step. A name counts as a queue if there is a key `queue:NAME` or `dlq:NAME` of any type, or
 * another key that only a queue of qtool has.
 * @param match glob for the names, as Redis understands it
 * @throws Error `NOPERM` if this user may not run SCAN
 */
export async function* findQueues(
  redis: Redis,
  {match = '*'}: {match?: string} = {},
): AsyncGenerator<FoundStep, void> {
  const layout = layoutOf(redis)
  const glob = queueKeyGlob(match, layout)
  await assertWhole(redis)
  const {servers, unreachable} = await keyspacesOf(redis)
  const found = new Set<string>()
  for (const server of servers) {
    let cursor = '0'
    do {
      const [next, keys] = await server.scan(cursor, 'MATCH', glob, 'COUNT', KEYS_PER_STEP)
      const {sure, candidates, foreignNames} = sortKeys(keys, layout)
      const proven = await proveAll(
        server,
        candidates.filter(({name}) => !found.has(name) && !sure.has(name)),
      )
      const queues = [...new Set([...sure, ...proven])].filter((name) => !found.has(name))
      for (const name of queues) found.add(name)
      cursor = next
      yield {queues, foreignNames, unreachable, isLast: cursor === '0' && server === servers.at(-1)}
    } while (cursor !== '0')
  }
}

function sortKeys(keys: string[], layout: KeyLayout) {
  const sure = new Set<string>()
  const candidates: Candidate[] = []
  const foreignNames: string[] = []
  for (const key of keys) {
    const {family, name} = readQueueKey(key, layout) ?? {}
    if (family === undefined || name === undefined) continue
    if (!isQueueName(name)) {
      if (family === 'queue') foreignNames.push(name)
    } else if (family === 'queue' || family === 'dlq') sure.add(name)
    else candidates.push({key, name, family})
  }
  return {sure, candidates, foreignNames}
}

/** The names of those candidates that are keys of a queue. */
async function proveAll(redis: Redis, candidates: Candidate[]): Promise<string[]> {
  if (candidates.length === 0) return []
  const commands = candidates.map(({key, family}) => {
    const [name, ...fields] = PROOFS[family].command
    return [name, key, ...fields]
  })
  const replies = (await redis.pipeline(commands).exec()) ?? []
  return candidates.flatMap(({name, family}, i) => {
    const [error, reply] = replies[i]
    if (error) {
      // A key that has just moved to another node is found there
      if (isDenied(error) || isElsewhere(error) || error.message.startsWith('WRONGTYPE')) return []
      throw error
    }
    return PROOFS[family].isProof(reply) ? [name] : []
  })
}

function hasValue(reply: unknown): boolean {
  return Array.isArray(reply) && reply.some((value) => value !== null)
}
