import type {SearchOptions} from '../engine.ts'
import type {OpenedBook} from '../engine-calls.ts'
import {discardItems} from '../item-trash.ts'
import type {ReadyItem} from '../kinds.ts'
import type {NamedPurge} from '../operation-book/hold.ts'
import {listTrash, newTrashId, type Trash} from '../trash-list.ts'

/** How many ready items a filter selects. @param options.onItems is given all of them, page by page */
export async function countMatching(
  {redis, keys, calls}: OpenedBook,
  options: SearchOptions & {onItems?: (items: readonly ReadyItem[]) => void},
): Promise<number> {
  const search = calls.search(redis, keys, options.filter)
  let matched = 0
  for await (const items of search.pages()) {
    matched += items.length
    options.onItems?.(items)
    options.onProgress(search.read, matched)
    if (options.signal.aborted) break
  }
  return matched
}

/**
 * Moves the ready items that a filter selects into a trash, for `qtool undo`. Items that workers take meanwhile stay
 * with them. Once the signal is aborted, the rest stays.
 * @returns undefined if nothing was moved
 */
export async function purgeMatching(
  book: OpenedBook,
  options: SearchOptions & {limit?: number; kept?: NamedPurge},
): Promise<Trash | undefined> {
  const {redis, keys, calls} = book
  const {limit = Number.POSITIVE_INFINITY} = options
  const {trash: id, hold, done = 0}: NamedPurge = options.kept ?? {trash: newTrashId()}
  let purged = done
  const search = calls.search(redis, keys, options.filter)
  for await (const found of search.pages()) {
    const items = found.slice(0, limit - purged)
    if (items.length > 0) {
      purged = await discardItems(book, id, items, hold)
      search.removed(items)
    }
    options.onProgress(search.read, purged)
    if (options.signal.aborted || purged >= limit) break
  }
  return (await listTrash(redis, keys)).find((trash) => trash.id === id)
}
