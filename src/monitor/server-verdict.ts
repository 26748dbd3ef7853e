import type {ServerState} from '../health/redis-server.ts'
import {bytes} from '../render/format.ts'
import type {Verdict} from './observation.ts'

/** Shares of `maxmemory` in use. */
const NEARLY_FULL = 0.95
const FILLING = 0.85

/** What is wrong with the Redis of a queue. @param server null if this user may not read it */
export function judgeServer(server: ServerState | null): Verdict | undefined {
  if (!server || server.maxBytes === 0) return undefined
  const {usedBytes, maxBytes, policy} = server
  const share = usedBytes / maxBytes
  const use = `Redis uses ${bytes(usedBytes)} of ${bytes(maxBytes)}`
  const evicts = policy !== 'noeviction'
  const follows = evicts ? `it evicts keys of queues (${policy})` : 'it refuses new items'
  if (share >= NEARLY_FULL) return {level: 'critical', text: 'Redis full', reason: `${use}: ${follows}`}
  if (evicts) {
    const reason = `once Redis is full, its maxmemory-policy ${policy} evicts keys of queues; set it to noeviction`
    return {level: 'warning', text: 'Redis evicts', reason}
  }
  if (share < FILLING) return undefined
  return {level: 'warning', text: 'Redis filling', reason: `${use}; once it is full, ${follows}`}
}
