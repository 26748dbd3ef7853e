import type {Redis} from 'ioredis'
import type {ServerLogin} from '../ask-once.ts'
import {unlessDenied} from '../denied.ts'
import {parseInfo} from '../info.ts'
import {askReplication} from './find-replicas.ts'

/** How far a replica is behind its primary. */
export interface ReplicaLag {
  /** Host and port of the replica. */
  server: string
  /** Bytes that the primary has written and the replica has not; null if the primary could not be asked. */
  behindBytes: number | null
  /** Seconds since the replica heard of its primary; null if it is not in touch with it. */
  heardSecondsAgo: number | null
}

/** Reads how far the replica that a client leads to is behind; the client must lead to one. */
export async function readLag(redis: Redis): Promise<ReplicaLag> {
  const server = `${redis.stream.remoteAddress}:${redis.stream.remotePort}`
  const text = await unlessDenied(redis.info('replication'))
  if (text === null) return {server, behindBytes: null, heardSecondsAgo: null}
  const info = parseInfo(text)
  const primary = {host: info.get('master_host') ?? '', port: Number(info.get('master_port'))}
  const ofPrimary = await askReplication(primary, loginOf(redis)).catch(() => undefined)
  const written = ofPrimary && Number(ofPrimary.get('master_repl_offset'))
  const behind = written === undefined ? null : Math.max(0, written - Number(info.get('slave_repl_offset')))
  const heard = Number(info.get('master_last_io_seconds_ago') ?? -1)
  return {server, behindBytes: behind, heardSecondsAgo: heard < 0 ? null : heard}
}

/** The primary takes the login of its replica. */
function loginOf({options: {username, password, tls}}: Redis): ServerLogin {
  return {username, password, tls}
}
