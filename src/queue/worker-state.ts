import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript} from '../redis/script.ts'

/** The state of one worker process, as it reports it. */
export interface WorkerState {
  /** `host:pid:` and a few random characters. */
  name: string
  host: string
  pid: number
  /** Version of its qtool; null if that is older than these reports. */
  version: string | null
  /** Records that it was done with each second, between its last two reports; 0 at first, null if it is older. */
  recordsPerSecond: number | null
  /** Its table and how records become rows, in words; null if it is older. */
  mapping: string | null
  /** Leases it processes in parallel. */
  workers: number
  /** Circuit breakers: `closed` means the server works, `open` that it is down, `half-open` that it is probed. */
  postgres: string
  redis: string
  /** ms since 1970 by the clock of Redis. */
  seenAt: number
}

/** Longer than several report intervals of a living worker. */
export const SILENT_MS = 15_000

/*
 * KEYS[1] workers HASH   ARGV[1] name of the process   ARGV[2] its state without the time, as JSON without the last brace
 * allow-oom: whoever looks at a full Redis must see who drains it.
 */
const REPORT = defineScript(
  'report',
  `#!lua flags=allow-oom
local time = redis.call('TIME')
local seen = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ',"seenAt":' .. seen .. '}')`,
)

/** Reports the state of a worker process. */
export async function reportWorker(
  redis: Redis,
  keys: QueueKeys,
  state: Omit<WorkerState, 'seenAt'>,
): Promise<void> {
  await runScript(redis, REPORT, [keys.workers], [state.name, JSON.stringify(state).slice(0, -1)])
}

/** Removes the report of a worker process that ends. */
export async function forgetWorker(redis: Redis, keys: QueueKeys, name: string): Promise<void> {
  await redis.hdel(keys.workers, name)
}

/** Removes the reports of workers that have been silent for an hour: killed workers do not remove their own. */
export async function forgetSilentWorkers(redis: Redis, keys: QueueKeys): Promise<void> {
  const [[seconds], states] = await Promise.all([redis.time(), redis.hvals(keys.workers)])
  const silent = states.flatMap(parse).filter(({seenAt}) => Number(seconds) * 1000 - seenAt > 3_600_000)
  if (silent.length > 0) await redis.hdel(keys.workers, ...silent.map(({name}) => name))
}

/** The workers that have reported lately, by name. */
export async function readLivingWorkers(redis: Redis, keys: QueueKeys): Promise<WorkerState[]> {
  const [[seconds], texts] = await Promise.all([redis.time(), redis.hvals(keys.workers)])
  return livingWorkers(texts, Number(seconds) * 1000)
}

/** The workers that have reported lately, by name. @param texts JSON of each worker */
export function livingWorkers(texts: string[], nowMs: number): WorkerState[] {
  const states = texts.flatMap(parse)
  return states.filter(({seenAt}) => nowMs - seenAt <= SILENT_MS).sort((a, b) => a.name.localeCompare(b.name))
}

function parse(text: string): WorkerState[] {
  try {
    const state: unknown = JSON.parse(text)
    return isState(state) ? [{...NOT_TOLD, ...placeOf(state.name), ...state}] : []
  } catch {
    return []
  }
}

/** What workers of older versions do not report. */
const NOT_TOLD = {version: null, recordsPerSecond: null, mapping: null}

/** Where a worker runs, as its name says. */
function placeOf(name: string): Pick<WorkerState, 'host' | 'pid'> {
  const [, host = name, pid = '0'] = /^(.*):(\d+):[^:]*$/.exec(name) ?? []
  return {host, pid: Number(pid)}
}

type OldestState = Omit<WorkerState, 'host' | 'pid' | keyof typeof NOT_TOLD>

function isState(value: unknown): value is OldestState & Partial<WorkerState> {
  if (typeof value !== 'object' || value === null) return false
  const {name, workers, postgres, redis, seenAt, ...more}: Partial<Record<string, unknown>> = {...value}
  const {host = '', pid = 0, version = null, recordsPerSecond = null, mapping = null} = more
  return (
    [name, postgres, redis, host, version ?? '', mapping ?? ''].every((field) => typeof field === 'string') &&
    [workers, seenAt, pid, recordsPerSecond ?? 0].every((field) => typeof field === 'number')
  )
}
