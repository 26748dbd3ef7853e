import type {QueueInspection} from '../queue/inspect.ts'
import type {Caller, Context} from './context.ts'
import {lookEvery, type Views} from './every.ts'
import {noteUnknownQueue, requireQueue} from './known-queue.ts'
import {readingLetters} from './letter-progress.ts'

/**
 * Reads the state of a queue and of its server.
 * @param verify counts every dead letter first, and corrects the counters; `verified` is null if that was interrupted
 */
export async function inspect(caller: Caller, {verify}: {verify: boolean}): Promise<QueueInspection> {
  if (verify) caller.actor.assertMayWrite()
  return caller.withQueue(async (context) => {
    await requireQueue(context.queue)
    const verified = verify ? await verifyCounts(context) : null
    return {...(await context.queue.inspect()), verified}
  })
}

async function verifyCounts({queue, signal, withProgress}: Context): Promise<QueueInspection['verified']> {
  const verified = await withProgress(await readingLetters(queue, 'counting', {}), (report) =>
    queue.verify({signal, onProgress: (done) => report({done})}),
  )
  return verified ?? null
}

/** Reads the state of a queue every so often, until the signal is aborted. */
export async function watch(caller: Caller, views: Views<QueueInspection>): Promise<void> {
  await caller.withQueue(async (context) => {
    await noteUnknownQueue(context)
    await lookEvery(context.signal, views, () => context.queue.inspect())
  })
}
