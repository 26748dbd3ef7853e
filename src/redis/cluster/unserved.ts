import {ReplyError} from 'ioredis'
import {messageOf, QtoolError} from '../../errors.ts'
import {isRedisAway} from '../failure.ts'
import {NAT_ADVICE} from './nat.ts'
import type {Cluster} from './slot-connector.ts'
import {addressName, holdersOf} from './slot-map.ts'

/** An error of a client that follows a slot: of one that cannot be reached it says which slot, and which node has it. */
export function nameSlot(error: unknown, slot: number, {topology, readFrom}: Cluster): unknown {
  // What a node replies says enough
  if (error instanceof ReplyError || !isRedisAway(error)) return error
  const holders = topology.latest ? holdersOf(topology.latest, slot, readFrom) : []
  if (holders.length === 0) return error
  const nodes = holders.map(addressName).join(' or ')
  return new QtoolError(
    `slot ${slot} of the Cluster is not served: cannot reach ${nodes}: ${messageOf(error)}`,
    {
      code: 'CONNECT',
      kind: 'connect',
      suggestions: [
        'start that node again; "redis-cli --cluster check HOST:PORT" says what else is missing',
        NAT_ADVICE,
      ],
      cause: error,
    },
  )
}
