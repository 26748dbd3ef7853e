import {withBinding} from '../queue/binding.ts'
import type {ItemFilter} from '../queue/items/item-filter.ts'
import type {Context} from './context.ts'
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
  const {records} = withBinding(mapping, await queue.binding())
  const filter = await queue.itemFilter(where, {records: records.value.split('.'), nowMs})
  const other = otherQueueNote(filter.expression, queue.name)
  if (other) note(other)
  return filter
}
