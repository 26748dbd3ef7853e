import type {QueueEngine} from './engine.ts'
import type {Take} from './lease.ts'
import {isWrongType} from './wrong-type.ts'

/** How long a worker may not notice that its idle queue was spread, ms. */
const FRESH_MS = 1000

export interface Later {
  /** Whether there is nothing yet that says what it is. */
  isEmpty: boolean
  /** Whether somebody has spread it over shards meanwhile; left out for a queue that cannot be. */
  isSpread?(): Promise<boolean>
  /** Opens the queue as it is by then. */
  open(): Promise<QueueEngine>
}

/**
 * A queue that was opened before it became what it is: its first item shows its kind, and it may be spread over shards at
 * any time. Its consumers continue with what it has become; leases that are held stay valid.
 */
export function openedEarly(first: QueueEngine, {isEmpty, isSpread, open}: Later): QueueEngine {
  let current = first
  let reopening: Promise<QueueEngine> | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  /** All who ask at the same time get the same one. */
  const reopen = async (error?: Error) => {
    if (current !== first) return current
    reopening ??= reopened(first, open, error).finally(() => {
      reopening = undefined
    })
    current = await reopening
    return current
  }
  const wasSpread = async (take: Take) => {
    const gave = take.state === 'lease' || take.state === 'oversized'
    // What it held may just have moved: who drains it until it is empty is not to stop
    if (gave) lookedAt = Number.NEGATIVE_INFINITY
    if (gave || !isSpread || performance.now() - lookedAt < FRESH_MS) return false
    lookedAt = performance.now()
    return isSpread()
  }
  const take: QueueEngine['take'] = async (request) => {
    const tried = current
    if (tried !== first) return tried.take(request)
    let taken: Take
    try {
      taken = await tried.take(request)
    } catch (error) {
      if (!isEmpty || !isWrongType(error)) throw error
      return (await reopen(error)).take(request)
    }
    return (await wasSpread(taken)) ? (await reopen()).take(request) : taken
  }
  return new Proxy(first, {
    get: (_, property) => (property === 'take' ? take : Reflect.get(current, property)),
  })
}

/** @throws the error if the queue is what it was, which names the key at fault */
async function reopened(
  before: QueueEngine,
  open: () => Promise<QueueEngine>,
  error: Error | undefined,
): Promise<QueueEngine> {
  const now = await open()
  if (error && now.kind === before.kind) throw await now.explain(error)
  await now.keep()
  if (error) return now
  const binding = await before.binding()
  if (binding) await now.bind(binding, {rebind: true})
  return now
}
