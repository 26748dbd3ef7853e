import type {Usage} from '../../shape/step.ts'
import type {PoolOut} from './pool-out.ts'
import type {RouteName} from './routes.ts'
import type {Volley} from './volley.ts'

export interface ApiOptions {
  /** Clients of each step, which send one request after the other. */
  connections: readonly number[]
  /** Measured seconds of each step, after those of the warm-up. */
  seconds: number
  warmupSeconds: number
  /** Records of an upload. */
  records: number
  /** Most connections of the server to Redis. */
  pool: number
}

/** What was seen of one step. */
export interface StepSeen {
  route: RouteName
  connections: number
  volley: Volley
  /** Requests that the server itself counts, also those whose client had left. */
  served: number
  /** CPU time of the server in the measured time, ms; null without /proc. */
  serverCpuMs: number | null
  usage: Usage
}

/** What was seen of a run. */
export interface ApiSeen {
  steps: StepSeen[]
  /** Items that came into the queue meanwhile. */
  items: number
  /** Null if the run was interrupted before. */
  poolOut: PoolOut | null
  options: ApiOptions
}

/** The documented run: health 100 to 200 requests/s, admin 50 to 100, exhausted at 50 clients, back in under a second. */
export const DOCUMENTED = {health: 200, admin: 100, clients: 50, recoverySeconds: 1}

/** Records that the server has said to have enqueued. */
export function ingested({steps, options}: ApiSeen): number {
  const uploads = steps.filter(({route}) => route === 'ingest')
  return uploads.reduce((all, {volley}) => all + (volley.answered['200'] ?? 0) * options.records, 0)
}
