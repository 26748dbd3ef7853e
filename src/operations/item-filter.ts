import type {Stage} from '../progress/stage.ts'
import {withBinding} from '../queue/binding.ts'
import type {ItemFilter} from '../queue/items/item-filter.ts'
import type {Context} from './context.ts'
import {jobsFor} from './jobs.ts'
import {otherQueueNote} from './other-queue.ts'

/**
 * Reads a filter of the ready items of a queue, whose envelopes are read as its workers do.
 * @param nowMs when ages are counted from; now if left out
 * @throws QtoolError (usage)
 */
export async function itemFilter(
  {queue, mapping, note}: Context,
  where: string,
  nowMs?: number,
): Promise<ItemFilter> {
  const bound = withBinding(mapping, await queue.binding())
  const records = bound.records.value.split('.')
  const filter = await queue.itemFilter(where, {records, nowMs, jobsFor: jobsFor(queue, bound)})
  const other = otherQueueNote(filter.expression, queue.name)
  if (other) note(other)
  return filter
}

/** A stage that reads the ready items of a queue. */
export function readingItems(doing: string, total: number): Stage {
  return {doing, unit: 'item', done: 0, total, isHarmless: true}
}
