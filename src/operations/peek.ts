import {withBinding} from '../queue/binding.ts'
import type {EngineKind, PeekedItem} from '../queue/kinds.ts'
import type {ReadFrom} from '../redis/replica/read-from.ts'
import type {Caller, Context} from './context.ts'
import {itemFilter, readingItems} from './item-filter.ts'
import {type JobView, withJobs} from './jobs.ts'
import {requireQueue} from './known-queue.ts'

export interface PeekResult {
  queue: string
  /** How the queue keeps its items. */
  engine: EngineKind
  ready: number
  /** Items that were read to find these. */
  searched: number
  items: Array<PeekedItem & {job: JobView | null}>
  /** The replicas from which this was read; null if it was read from primaries. */
  readFrom: ReadFrom
}

/** Reads the items that leave next, or the first that a filter selects, without taking them. */
export async function peek(caller: Caller, options: {limit: number; where?: string}): Promise<PeekResult> {
  const {limit, where} = options
  return caller.withQueue(async (context) => {
    const {queue} = context
    const readFrom = await queue.readFrom()
    const [ready] = await Promise.all([queue.depth(), requireQueue(context.queue)])
    const found =
      where === undefined ? await next(context, limit) : await search(context, {limit, where, ready})
    const mapping = withBinding(context.mapping, await queue.binding())
    return {
      queue: queue.name,
      engine: queue.kind,
      ready,
      searched: found.searched,
      items: await withJobs(queue, mapping, found.items),
      readFrom,
    }
  })
}

/** What a search of the ready items has found. */
type Found = Pick<PeekResult, 'searched'> & {items: PeekedItem[]}

async function next({queue}: Context, limit: number): Promise<Found> {
  const items = await queue.peek(limit)
  return {searched: items.length, items}
}

async function search(
  context: Context,
  {limit, where, ready}: {limit: number; where: string; ready: number},
): Promise<Found> {
  const {queue, signal, withProgress} = context
  const filter = await itemFilter(context, where)
  return withProgress(readingItems('searching', ready), (report) => {
    const onProgress = (done: number) => report({done})
    return queue.search({filter, limit, signal, onProgress})
  })
}
