import {askOnce, type ServerLogin} from '../ask-once.ts'
import {parseInfo} from '../info.ts'
import type {SentinelCircle} from '../sentinel/circle.ts'
import type {RedisAddress} from '../url.ts'

/** Finds replicas that are connected to their primary. @throws Error if no server could be asked */
export type FindReplicas = () => Promise<RedisAddress[]>

export function replicasOfSentinels(circle: SentinelCircle): FindReplicas {
  return async () => (await circle.replicas()).filter(({isUp}) => isUp)
}

/** The replicas that a primary names; a replica stands for itself. */
export function replicasOfServer(server: RedisAddress, login: ServerLogin): FindReplicas {
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
export async function askReplication(server: RedisAddress, login: ServerLogin): Promise<Map<string, string>> {
  return askOnce(server, login, async (redis) => parseInfo(await redis.info('replication')))
}
