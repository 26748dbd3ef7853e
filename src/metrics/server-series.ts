import type {ServerState} from '../health/redis-server.ts'
import type {Series} from './queue-series.ts'

/** How the servers keep their data, in the words of the guarantee. */
export interface Keeping {
  redisDurability: string
  failover: string
  postgresDurability: string
}

/** What is told of the Redis server. */
export const SERVER_SERIES: ReadonlyArray<Series<ServerState>> = [
  gauge('qtool_redis_memory_bytes', 'Memory that Redis uses.', ({usedBytes}) => [[{}, usedBytes]]),
  gauge('qtool_redis_memory_peak_bytes', 'The most memory that Redis has used.', ({peakBytes}) => [
    [{}, peakBytes],
  ]),
  gauge('qtool_redis_memory_max_bytes', 'maxmemory; absent without a limit.', ({maxBytes}) =>
    maxBytes === 0 ? [] : [[{}, maxBytes]],
  ),
  gauge('qtool_redis_fragmentation_ratio', 'mem_fragmentation_ratio.', ({fragmentation}) => [
    [{}, fragmentation],
  ]),
  gauge(
    'qtool_redis_clients',
    'Clients that are connected, and those of them that wait in a blocking command.',
    ({clients}) => [
      [{state: 'connected'}, clients.connected],
      [{state: 'blocked'}, clients.blocked],
    ],
    ['state'],
  ),
  gauge('qtool_redis_clients_max', 'maxclients.', ({clients}) => [[{}, clients.max]]),
  gauge(
    'qtool_redis_eviction_info',
    'Always 1; policy is maxmemory-policy, which must be noeviction.',
    ({policy}) => [[{policy}, 1]],
    ['policy'],
  ),
]

/** What can be lost, as a label. */
export const KEEPING_SERIES: ReadonlyArray<Series<Keeping>> = [
  gauge(
    'qtool_guarantee_info',
    'Always 1; the labels say how the servers keep their data.',
    ({redisDurability, failover, postgresDurability}) => [
      [{redis_durability: redisDurability, failover, postgres_durability: postgresDurability}, 1],
    ],
    ['redis_durability', 'failover', 'postgres_durability'],
  ),
]

function gauge<From>(
  name: string,
  help: string,
  read: Series<From>['read'],
  labels: readonly string[] = [],
): Series<From> {
  return {name, help, type: 'gauge', labels, read}
}
