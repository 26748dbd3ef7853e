import {SilentNodeError} from '../../redis/cluster/silent-node.ts'
import {isElsewhere} from '../../redis/failure.ts'
import {replyOf} from '../../redis/replies.ts'

/** Why nothing of one slot of a cluster can be read now, in a few words; undefined for any other error. */
export function slotProblem(error: unknown): string | undefined {
  if (error instanceof SilentNodeError) return error.message
  if (!(error instanceof Error && isElsewhere(error))) return undefined
  return replyOf(error.message)?.code === 'CLUSTERDOWN' ? 'the cluster is down' : 'its slot is moving'
}
