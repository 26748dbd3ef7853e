import {QtoolError} from '../errors.ts'
import {nearest} from '../nearest.ts'
import type {QueueEngine} from '../queue/engine.ts'
import type {Context} from './context.ts'

/** Most queue names that a message lists. */
const SHOWN = 10

/**
 * Keeps an operation on a mistyped queue name from ending as if it had done its work.
 * @throws QtoolError (usage) if Redis holds no key of the queue
 */
export async function requireQueue(queue: QueueEngine): Promise<void> {
  const error = await unknownQueue(queue)
  if (error) throw error
}

/** For an operation that only reads: notes that Redis holds no key of the queue, and goes on. */
export async function noteUnknownQueue({queue, note}: Pick<Context, 'queue' | 'note'>): Promise<void> {
  const error = await unknownQueue(queue)
  if (error) note([error.message, ...error.suggestions].join('; '))
}

async function unknownQueue(queue: QueueEngine): Promise<QtoolError | undefined> {
  if (await queue.exists()) return undefined
  const others = await queue.neighbours()
  const near = nearest(queue.name, others)
  const more = others.length > SHOWN ? ` and ${others.length - SHOWN} more` : ''
  const list = others.slice(0, SHOWN).join(', ')
  return new QtoolError(`no queue "${queue.name}" on this Redis`, {
    code: 'NO_QUEUE',
    kind: 'usage',
    suggestions: [
      ...(near === undefined ? [] : [`did you mean "${near}"?`]),
      others.length === 0 ? 'this Redis holds no queue yet' : `queues here: ${list}${more}`,
    ],
  })
}
