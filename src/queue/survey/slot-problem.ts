import {SilentNodeError} from '../../redis/cluster/silent-node.ts'
import {isClusterDown, isElsewhere} from '../../redis/failure.ts'

/** Why nothing of one slot of a cluster can be read now, in a few words; undefined for any other error. */
export function slotProblem(error: unknown): string | undefined {
  if (error instanceof SilentNodeError) return error.message
  if (isClusterDown(error)) return 'the cluster is down'
  return isElsewhere(error) ? 'its slot is moving' : undefined
}
