import type {Guarantee} from '../doctor/guarantee.ts'
import type {ServerState, SlowCommand} from '../health/redis-server.ts'

/** Connections of a kind that `qtool serve` holds, or requests that use them. */
export interface PoolView {
  inUse: number
  max: number
  /** Requests that wait for one. */
  waiting: number
}

/** The answer of `GET /server`. */
export interface ServerView {
  version: string
  profile: {name: string; mode: 'normal' | 'production' | 'read-only'} | null
  redis: ServerState | null
  slowlog: SlowCommand[] | null
  pools: {producers: PoolView; postgres: PoolView | null}
  guarantee: Guarantee
}
