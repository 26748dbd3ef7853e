import {QtoolError} from '../../errors.ts'
import type {QueueEngine} from '../engine.ts'

/** Whether an operation was refused because the end from which a list is popped is unknown. */
export function isUndirected(error: unknown): boolean {
  return error instanceof QtoolError && error.code === 'LIST_END'
}

/**
 * A list whose popped end is unknown: it can be counted and paused, but what depends on its
 * order is refused, since a guess would turn the queue around.
 * @param key of the list
 * @param isThere whether there is one already
 */
export function undirected(queue: QueueEngine, key: string, isThere: boolean): QueueEngine {
  const refuse = async () => {
    const what = isThere ? `key ${key} is a list` : `queue ${queue.name} is to be a list`
    throw new QtoolError(`${what}, but it is not known from which end its consumers pop`, {
      code: 'LIST_END',
      kind: 'usage',
      suggestions: [
        'add --list-pops right if producers LPUSH and consumers RPOP or BRPOP, as Celery, Sidekiq and Bull do',
        'add --list-pops left if producers RPUSH and consumers LPOP or BLPOP, as RQ and Laravel do',
      ],
    })
  }
  return {
    ...queue,
    letters: {...queue.letters, replayer: () => ({replay: refuse})},
    openProducer: refuse,
    put: refuse,
    peek: refuse,
    search: refuse,
    countMatching: refuse,
    clearMatching: refuse,
    restore: (trash, signal, how) => (trash.kind === 'ready' ? refuse() : queue.restore(trash, signal, how)),
    take: refuse,
    bind: refuse,
  }
}
