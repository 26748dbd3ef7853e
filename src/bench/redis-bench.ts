import {type ConnectOptions, withRedis} from '../redis/connect.ts'
import type {Findings} from './findings.ts'
import type {OpenSession} from './run-rounds.ts'

/** What a scenario that needs only Redis works with. */
export interface RedisBench {
  redisUrl: string
  connect: ConnectOptions
  /** Unique name of the run, used for its queue and its connections. */
  name: string
  signal: AbortSignal
  onStep(text: string, lastsMs?: number): void
}

/** A session of a scenario that needs only Redis, in a queue of its own. */
export function redisSession(
  place: Pick<RedisBench, 'redisUrl' | 'connect' | 'signal'>,
  scenario: (on: RedisBench) => Promise<Findings>,
): OpenSession {
  return (id, use) =>
    withRedis(place.redisUrl, place.connect, (observer) =>
      use({observer, run: (_, onStep) => scenario({...place, name: `qtool-bench-${id}`, onStep})}),
    )
}
