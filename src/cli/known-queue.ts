import type {Redis} from 'ioredis'
import {QtoolError} from '../errors.ts'
import {nearest} from '../nearest.ts'
import {findQueues, queueExists} from '../queue/known-queues.ts'
import {queueKeys} from '../redis/keys.ts'

/** Most queue names that a message lists. */
const SHOWN = 10

/**
 * Keeps a command with a mistyped queue name from ending as if it had done its work.
 * @throws QtoolError (usage) if Redis holds no key of the queue
 */
export async function requireQueue(redis: Redis, queue: string): Promise<void> {
  const error = await unknownQueue(redis, queue)
  if (error) throw error
}

/** The note of a command that only reads about a queue of which Redis holds no key; undefined if it holds one. */
export async function unknownQueueNote(redis: Redis, queue: string): Promise<string | undefined> {
  const error = await unknownQueue(redis, queue)
  return error && [error.message, ...error.suggestions].join('; ')
}

async function unknownQueue(redis: Redis, queue: string): Promise<QtoolError | undefined> {
  if (await queueExists(redis, queueKeys(queue))) return undefined
  const others = await findQueues(redis)
  const near = nearest(queue, others)
  const more = others.length > SHOWN ? ` and ${others.length - SHOWN} more` : ''
  const list = others.slice(0, SHOWN).join(', ')
  return new QtoolError(`no queue "${queue}" on this Redis`, {
    code: 'NO_QUEUE',
    kind: 'usage',
    suggestions: [
      ...(near === undefined ? [] : [`did you mean "${near}"?`]),
      others.length === 0 ? 'this Redis holds no queue yet' : `queues here: ${list}${more}`,
    ],
  })
}
