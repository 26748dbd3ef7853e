import type {HostFacts} from './host.ts'
import type {LinkFacts} from './link.ts'
import type {PostgresFacts} from './postgres/facts.ts'
import type {QueueFacts} from './queue/facts.ts'
import type {RedisFacts} from './redis/facts.ts'
import type {SentinelFacts} from './redis/sentinel-facts.ts'
import type {Unread} from './unread.ts'

/** Says what a file of facts is. */
export const KIND = 'qtool doctor facts'

/** Rises when facts change so that an older qtool would misjudge them. */
export const FORMAT = 1

/**
 * All that the doctor judges, read once from living servers. It is plain JSON, so that it can be judged elsewhere, and
 * holds neither secrets nor payloads.
 */
export interface Facts {
  kind: typeof KIND
  format: typeof FORMAT
  /** RFC 3339, by the clock of this host. */
  madeAt: string
  qtool: QtoolFacts
  host: HostFacts
  redis: RedisFacts | null
  /** Null too if the URL of Redis names no sentinels. */
  sentinel: SentinelFacts | null
  queue: QueueFacts | null
  postgres: PostgresFacts | null
  postgresLink: LinkFacts | null
  /** Why a part is null, by its name such as `redis.info`. */
  unread: Record<string, Unread>
}

/** How this qtool is set up. */
export interface QtoolFacts {
  version: string
  queue: string
  /** Most connections to Redis that one process opens. */
  redisMaxConnections: number
}
