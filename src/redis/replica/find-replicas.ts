import {Redis} from 'ioredis'
import type {NodeLogin} from '../cluster/topology.ts'
import {parseInfo} from '../info.ts'
import type {SentinelCircle} from '../sentinel/circle.ts'
import type {RedisAddress} from '../url.ts'

/** How long a server may take to connect and answer, ms. */
const ANSWER_MS = 1500

/** Finds replicas that are in touch with their primary. @throws Error if nobody could be asked */
export type FindReplicas = () => Promise<RedisAddress[]>

export function replicasOfSentinels(circle: SentinelCircle): FindReplicas {
  return async () => (await circle.replicas()).filter(({isUp}) => isUp)
}

/** The replicas that a primary names; a replica stands for itself. */
export function replicasOfServer(server: RedisAddress, login: NodeLogin): FindReplicas {
  return async () => {
    const info = await askReplication(server, login)
    if (info.get('role') === 'slave') return [server]
    return [...info].flatMap(([name, value]) => (/^slave\d+$/.test(name) ? replicaOf(value) : []))
  }
}

/** Parses `ip=…,port=…,state=online,offset=…,lag=…`. */
function replicaOf(text: string): RedisAddress[] {
  const fields = new Map(text.split(',').map((field) => field.split('=') as [string, string]))
  const [host, port] = [fields.get('ip'), Number(fields.get('port'))]
  return host && port > 0 && fields.get('state') === 'online' ? [{host, port}] : []
}

/** What a server says of its replication, asked over a connection of its own. @throws Error */
export async function askReplication(server: RedisAddress, login: NodeLogin): Promise<Map<string, string>> {
  const redis = new Redis({
    ...server,
    ...login,
    lazyConnect: true,
    enableReadyCheck: false,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    retryStrategy: () => null,
  })
  let last: unknown
  redis.on('error', (error: unknown) => {
    last = error
  })
  try {
    await redis.connect()
    return parseInfo(await redis.info('replication'))
  } catch (error) {
    throw last ?? error
  } finally {
    redis.disconnect()
  }
}
