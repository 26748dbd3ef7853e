import type {AuditProgress} from '../queue/audit.ts'
import type {Context} from './context.ts'

/**
 * Changes a queue, if the actor may, and records that in the audit from its beginning. Whatever changes a queue by hand
 * goes through here.
 * @throws QtoolError (refused) before anything has changed
 */
export async function change<R>(
  {actor, audit, queue, signal}: Context,
  did: {action: string; filter: string},
  operation: (progress: AuditProgress) => Promise<R>,
): Promise<R> {
  actor.assertMayWrite()
  await queue.keep()
  const start = {...did, who: actor.who, queue: queue.name, profile: actor.profile}
  return audit.during(start, async (progress) => {
    const result = await operation(progress)
    progress.interrupted = signal.aborted
    return result
  })
}
