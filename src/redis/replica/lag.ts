import type {Redis} from 'ioredis'
import type {ServerLogin} from '../ask-once.ts'
import {clusterOf} from '../cluster/slot-connector.ts'
import {unlessDenied} from '../denied.ts'
import {parseInfo} from '../info.ts'
import {leadsToReplica} from './connector.ts'
import {askReplication} from './find-replicas.ts'
import {joinReadFrom, type ReadFrom, type ReplicaLag} from './read-from.ts'

/** How long a lag is told to all who ask, ms: a primary is asked over a connection of its own. */
const FRESH_MS = 500

/** The lag of each replica that was asked lately, by its name. */
const known = new Map<string, {at: number; lag: Promise<ReplicaLag>}>()

/**
 * Reads how far the replicas are behind that clients lead to. Asked before the figures, so that these are no older than
 * it says. A replica that was promoted meanwhile is left for another one.
 */
export async function readLags(clients: readonly Redis[]): Promise<ReadFrom> {
  return joinReadFrom([await Promise.all(clients.filter(leadsToReplica).map(lagOf))])
}

function lagOf(redis: Redis): Promise<ReplicaLag> {
  const name = redis.status === 'ready' ? serverOf(redis) : undefined
  const fresh = name === undefined ? undefined : known.get(name)
  if (fresh && performance.now() - fresh.at < FRESH_MS) return fresh.lag
  const lag = askLag(redis)
  if (name === undefined) return lag
  known.set(name, {at: performance.now(), lag})
  lag.catch(() => known.delete(name))
  return lag
}

async function askLag(redis: Redis): Promise<ReplicaLag> {
  const text = await unlessDenied(redis.info('replication'))
  const server = serverOf(redis)
  if (text === null) return {server, behindBytes: null, heardSecondsAgo: null}
  const info = parseInfo(text)
  if (info.get('role') === 'master') {
    // The new connection leads to a replica, or to an error
    redis.disconnect(true)
    return askLag(redis)
  }
  const announced = {host: info.get('master_host') ?? '', port: Number(info.get('master_port'))}
  const primary = clusterOf(redis)?.topology.reachable(announced) ?? announced
  const ofPrimary = await askReplication(primary, loginOf(redis)).catch(() => undefined)
  const written = ofPrimary && Number(ofPrimary.get('master_repl_offset'))
  const behind = written === undefined ? null : Math.max(0, written - Number(info.get('slave_repl_offset')))
  const heard = Number(info.get('master_last_io_seconds_ago') ?? -1)
  return {server, behindBytes: behind, heardSecondsAgo: heard < 0 ? null : heard}
}

function serverOf({stream}: Redis): string {
  return `${stream.remoteAddress}:${stream.remotePort}`
}

/** The primary takes the login of its replica. */
function loginOf({options: {username, password, tls}}: Redis): ServerLogin {
  return {username, password, tls}
}
