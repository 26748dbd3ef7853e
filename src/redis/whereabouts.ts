import type {RedisOptions} from 'ioredis'
import {type QtoolError, usageError} from '../errors.ts'
import type {ServerLogin} from './ask-once.ts'
import {type Cluster, leadTo} from './cluster/slot-connector.ts'
import type {Role} from './cluster/slot-map.ts'
import {Topology} from './cluster/topology.ts'
import {leadToReplica} from './replica/connector.ts'
import {replicasOfSentinels, replicasOfServer} from './replica/find-replicas.ts'
import {SentinelCircle} from './sentinel/circle.ts'
import {leadToPrimary} from './sentinel/connector.ts'
import {chosenLogin} from './sentinel/login.ts'
import type {RedisTarget, SentinelLogin} from './url.ts'

export interface Whereabouts extends Pick<Cluster, 'reconnectMs' | 'commandMs'> {
  sentinelLogin?: SentinelLogin
  readFrom?: Role
}

/**
 * Options that make a client lead to its target: to one server, to whatever primary sentinels name, to the slots of a
 * cluster, or to a replica. @throws QtoolError (usage) if there is no replica to read from
 */
export function whereabouts(
  target: RedisTarget,
  login: ServerLogin,
  {reconnectMs, commandMs, sentinelLogin, readFrom = 'primary'}: Whereabouts,
): RedisOptions {
  const {addresses, path, sentinelName: name, nat} = target
  const isReading = readFrom === 'replica'
  if (isReading && path) throw noReplicas()
  if (path) return {path}
  if (nat) {
    const topology = new Topology(addresses, nat, login)
    return leadTo({topology, readFrom, reconnectMs, commandMs}, 'any')
  }
  if (name !== undefined) {
    const ofSentinels = {login: chosenLogin(target.sentinelLogin, sentinelLogin), tls: login.tls}
    const circle = new SentinelCircle({sentinels: addresses, name, ...ofSentinels})
    return isReading ? leadToReplica(replicasOfSentinels(circle), login) : leadToPrimary(circle)
  }
  const [server] = addresses
  return isReading ? leadToReplica(replicasOfServer(server, login), login) : {...server}
}

function noReplicas(): QtoolError {
  return usageError(
    'a Unix socket leads to one server, whose replicas are not looked for',
    'leave --read-from out',
  )
}
