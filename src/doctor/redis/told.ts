import type {RedisFacts} from './facts.ts'

/** A Redis that told its INFO. */
export interface ToldRedis extends RedisFacts {
  info: Record<string, string>
  /** Whether it forks to save snapshots or to rewrite its file; true if that is not known. */
  forks: boolean
}

/** Undefined if it did not. */
export function toldRedis(redis: RedisFacts): ToldRedis | null {
  if (redis.info === null) return null
  const forks = redis.info.aof_enabled === '1' || redis.config?.save !== ''
  return {...redis, info: redis.info, forks}
}

/** A figure of INFO; 0 if this server does not tell it. */
export function figure(info: Record<string, string>, name: string): number {
  const value = Number.parseFloat(info[name] ?? '0')
  return Number.isFinite(value) ? value : 0
}
