import type {QueueEngine} from './engine.ts'
import {isWrongType} from './wrong-type.ts'

/**
 * A queue that was opened before there was anything in it: what it is shows when the first item comes. It becomes what its
 * key then is, as nothing was leased before.
 * @param open opens the queue as it is by then
 */
export function openedEarly(first: QueueEngine, open: () => Promise<QueueEngine>): QueueEngine {
  let current = first
  const take: QueueEngine['take'] = async (request) => {
    const tried = current
    try {
      return await tried.take(request)
    } catch (error) {
      if (!isWrongType(error)) throw error
      if (current === tried) current = await reopened(tried, open, error)
      return current.take(request)
    }
  }
  return new Proxy(first, {
    get: (_, property) => (property === 'take' ? take : Reflect.get(current, property)),
  })
}

/** @throws the error if the queue is what it was, which names the key at fault */
async function reopened(
  before: QueueEngine,
  open: () => Promise<QueueEngine>,
  error: Error,
): Promise<QueueEngine> {
  const now = await open()
  if (now.kind === before.kind) throw await now.explain(error)
  await now.keep()
  return now
}
