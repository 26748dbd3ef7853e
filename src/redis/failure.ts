import {ReplyError} from 'ioredis'
import {networkFaultOf} from '../network-error.ts'
import {NotConfirmedError} from './durability.ts'
import {driverMessageOf, replyOf} from './replies.ts'

/** Whether Redis as a whole cannot work now, so that the same call may succeed later. */
export function isRedisAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    isTransient(error) || driverMessageOf(error.message) !== undefined || networkFaultOf(error) === 'socket'
  )
}

/**
 * Whether Redis is up, and refused a call that it may accept a little later. Nothing of the call was executed, or it was
 * not confirmed, and a repeated call finds that out.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof NotConfirmedError) return true
  return error instanceof Error && replyOf(error.message)?.class === 'transient'
}

/** Whether Redis refuses this user: a password or a right that is refused now will be refused again. */
export function isRefusedAccess(error: unknown): boolean {
  return error instanceof Error && error instanceof ReplyError && replyOf(error.message)?.class === 'refused'
}

/** Whether a write reached a replica, for example a primary that was demoted. */
export function isReplica(error: unknown): boolean {
  return error instanceof Error && replyOf(error.message)?.code === 'READONLY'
}

/**
 * Whether a node of a cluster does not serve the slot of a command: it is elsewhere, on its way, or nobody's for the
 * moment. Nothing of the command was executed.
 */
export function isElsewhere(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = replyOf(error.message)?.code
  return code !== undefined && ELSEWHERE.includes(code)
}

/** Whether a node of a cluster refuses a command since some slots, maybe others, are not served. */
export function isClusterDown(error: unknown): boolean {
  return error instanceof Error && replyOf(error.message)?.code === 'CLUSTERDOWN'
}

/** READONLY too: a primary that was demoted may not know yet that it is a replica of that slot. */
const ELSEWHERE = ['MOVED', 'ASK', 'TRYAGAIN', 'NONLOCAL', 'CLUSTERDOWN', 'READONLY']

/** Whether a command got no answer although the connection looks sound: the sign of a half-open socket. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Command timed out')
}
