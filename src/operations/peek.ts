import type {PeekedItem} from '../queue/kinds.ts'
import {count, plural} from '../render/format.ts'
import type {Caller, Context} from './context.ts'
import {itemFilter} from './item-filter.ts'
import {noteUnknownQueue} from './known-queue.ts'

export interface PeekResult {
  queue: string
  ready: number
  /** Items that were read to find these. */
  searched: number
  items: PeekedItem[]
}

/** Reads the items that leave next, or the first that a filter selects, without taking them. */
export async function peek(caller: Caller, options: {limit: number; where?: string}): Promise<PeekResult> {
  const {limit, where} = options
  return caller.withQueue(async (context) => {
    const {queue} = context
    const [ready] = await Promise.all([queue.depth(), noteUnknownQueue(context)])
    if (where !== undefined) return search(context, {limit, where, ready})
    const items = await queue.peek(limit)
    return {queue: queue.name, ready, searched: items.length, items}
  })
}

async function search(
  context: Context,
  {limit, where, ready}: {limit: number; where: string; ready: number},
): Promise<PeekResult> {
  const {queue, signal, withProgress} = context
  const filter = await itemFilter(context, where)
  const found = await withProgress('searching', (say) => {
    const onProgress = (read: number) => say(`searched ${count(read)} of ${plural(ready, 'item')}`)
    return queue.search({filter, limit, signal, onProgress})
  })
  return {queue: queue.name, ready, ...found}
}
