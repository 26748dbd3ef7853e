import {change} from './change.ts'
import type {Caller} from './context.ts'
import {requireQueue} from './known-queue.ts'

export interface ResumeResult {
  queue: string
  /** Whether the queue was paused before. */
  wasPaused: boolean
}

/** Lets workers take items from a paused queue again. */
export async function resume(caller: Caller): Promise<ResumeResult> {
  caller.actor.assertMayWrite()
  return caller.withQueue(async (context) => {
    const {queue} = context
    await requireQueue(queue)
    const wasPaused = await change(context, {action: 'resume', filter: 'all'}, async (progress) => {
      const resumed = await queue.resume()
      progress.count = resumed ? 1 : 0
      return resumed
    })
    return {queue: queue.name, wasPaused}
  })
}
