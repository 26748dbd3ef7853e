import {durationText} from '../config/amount.ts'
import type {PauseState} from '../queue/pause.ts'
import {change} from './change.ts'
import type {Caller} from './context.ts'
import {requireQueue} from './known-queue.ts'

export interface PauseResult extends PauseState {
  queue: string
}

/** Keeps workers from taking items until the queue is resumed, or `forMs` is over. */
export async function pause(caller: Caller, {forMs}: {forMs?: number}): Promise<PauseResult> {
  caller.actor.assertMayWrite()
  const filter = forMs === undefined ? 'all' : `--for ${durationText(forMs)}`
  return caller.withQueue(async (context) => {
    const {queue} = context
    await requireQueue(queue)
    await change(context, {action: 'pause', filter}, async (progress) => {
      await queue.pause({forMs, by: context.actor.who})
      progress.count = 1
    })
    return {queue: queue.name, ...(await queue.pauseState())}
  })
}
