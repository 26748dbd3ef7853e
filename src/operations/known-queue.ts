import {QtoolError} from '../errors.ts'
import {nearest} from '../nearest.ts'
import type {QueueEngine} from '../queue/engine.ts'
import type {KnownQueues} from '../queue/known-queues.ts'
import type {Context} from './context.ts'

/** Most queue names that a message lists. */
const SHOWN = 10

/**
 * Keeps an operation on a mistyped queue name from ending as if it had done its work, or found the queue empty: every
 * condition of monitoring would hold for it.
 * @throws QtoolError (usage) if Redis holds no key of the queue
 */
export async function requireQueue(queue: QueueEngine): Promise<void> {
  const error = await unknownQueue(queue)
  if (error) throw error
}

/** For what looks again and again, and may have begun first: notes that Redis holds no key of the queue, and goes on. */
export async function noteUnknownQueue({queue, note}: Pick<Context, 'queue' | 'note'>): Promise<void> {
  const error = await unknownQueue(queue)
  if (error) note([error.message, ...error.suggestions].join('; '))
}

async function unknownQueue(queue: QueueEngine): Promise<QtoolError | undefined> {
  if (await queue.exists()) return undefined
  const others = await queue.neighbours()
  const near = others && nearest(queue.name, others.names)
  return new QtoolError(`no queue "${queue.name}" on this Redis`, {
    code: 'NO_QUEUE',
    kind: 'usage',
    suggestions: [...(near ? [`did you mean "${near}"?`] : []), othersWords(others)],
  })
}

function othersWords(others: KnownQueues | null): string {
  if (!others) return 'this Redis user may not run SCAN, so the queues that are here cannot be named'
  const {names, isComplete} = others
  if (!isComplete) {
    const some = names.length === 0 ? 'no queue was found' : `some of the queues here: ${listed(names)}`
    return `${some} within a second; "qtool queues" looks at every key`
  }
  if (names.length === 0) return 'this Redis holds no queue yet'
  const all = names.length > SHOWN ? ' ("qtool queues" shows all)' : ''
  return `queues here: ${listed(names)}${all}`
}

function listed(names: string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return `${names.slice(0, SHOWN).join(', ')}${more}`
}
