import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'

/** How one worker process is, by its own word. */
export interface WorkerState {
  /** `host:pid:` and a few characters of chance. */
  name: string
  /** Leases it may work on at the same time. */
  workers: number
  /** Circuit breakers: `closed` is well, `open` is away, `half-open` is being tried. */
  postgres: string
  redis: string
  /** ms since 1970 by the clock of Redis. */
  seenAt: number
}

/** Longer than several reports of a worker that lives. */
export const SILENT_MS = 15_000

/** Says how a worker is. */
export async function reportWorker(
  redis: Redis,
  keys: QueueKeys,
  state: Omit<WorkerState, 'seenAt'>,
): Promise<void> {
  const [seconds, micros] = await redis.time()
  const seenAt = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
  await redis.hset(keys.workers, state.name, JSON.stringify({...state, seenAt}))
}

/** Of a worker that ends, or has been silent. */
export async function forgetWorkers(redis: Redis, keys: QueueKeys, names: string[]): Promise<void> {
  if (names.length > 0) await redis.hdel(keys.workers, ...names)
}

/** The workers that have reported lately; those that have been silent for an hour are forgotten. */
export async function readWorkers(redis: Redis, keys: QueueKeys, nowMs: number): Promise<WorkerState[]> {
  const states = Object.values(await redis.hgetall(keys.workers)).flatMap(parse)
  const gone = states.filter(({seenAt}) => nowMs - seenAt > 3_600_000)
  await forgetWorkers(
    redis,
    keys,
    gone.map(({name}) => name),
  )
  return states.filter(({seenAt}) => nowMs - seenAt <= SILENT_MS).sort((a, b) => a.name.localeCompare(b.name))
}

function parse(text: string): WorkerState[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return []
  }
}
