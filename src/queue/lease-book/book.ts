import type {Redis} from 'ioredis'
import type {Durability} from '../../config/durability.ts'
import type {QueueKeys} from '../../redis/keys.ts'
import {runScript} from '../../redis/script.ts'
import type {LeaseRef} from '../lease.ts'
import type {ComposedScript, LuaEngine} from '../lua-engine.ts'

/**
 * What every call about leases needs. The state of a lease is one field of the attempts hash: "FENCE ATTEMPT RETRIES",
 * and a fourth number if settling it was cut off halfway: how many of its dead letters were added.
 */
export interface LeaseBook {
  redis: Redis
  keys: QueueKeys
  engine: LuaEngine
  /** When what is enqueued counts as accepted; `memory` by default. */
  durability?: Durability
}

/** Runs a script on the ready items and other keys, which returns 1, or something else if the lease is no longer held under its fence. */
export async function runHeld(
  {redis, keys, engine}: LeaseBook,
  script: ComposedScript,
  names: string[],
  args: Array<string | number>,
): Promise<'held' | 'lost'> {
  return (await runScript(redis, script(engine), [keys.ready, ...names], args)) === 1 ? 'held' : 'lost'
}

/** Lua: the holder of `id` under `fence`, or a return of 0. Needs the keys of the deadlines and the attempts. */
export const assertHeld = (leases: string, attempts: string) => `
if string.match(redis.call('HGET', ${attempts}, id) or '', '^%d+') ~= ARGV[2] or not redis.call('ZSCORE', ${leases}, id) then return 0 end`

/** Lua: `now()`, ms since 1970 as text. */
export const NOW = `
local function now(plus)
  local time = redis.call('TIME')
  return string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) + (plus or 0))
end`

const POSTPONED = /\.f(\d+)/g

/** Number of times the records of a lease have waited for their parents, as its id shows. */
export function postponementsOf(leaseId: string): number {
  return Number([...leaseId.matchAll(POSTPONED)].at(-1)?.[1] ?? 0)
}

/** Id of the lease in which records of this one wait; the same after a redelivery. */
export function laterLeaseId({id}: Pick<LeaseRef, 'id'>): string {
  return `${id}.f${postponementsOf(id) + 1}`
}
