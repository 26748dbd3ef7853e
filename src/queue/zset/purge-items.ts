import type {Redis} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import type {SearchOptions} from '../engine.ts'
import {newTrashId, purgeItems} from '../trash.ts'
import {listTrash, type Trash} from '../trash-list.ts'
import {ItemSearch} from './item-search.ts'

/** How many ready items a filter selects. */
export async function countMatching(redis: Redis, key: string, options: SearchOptions): Promise<number> {
  const search = new ItemSearch(redis, key, options.filter)
  let matched = 0
  for await (const items of search.pages()) {
    matched += items.length
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
  redis: Redis,
  keys: QueueKeys,
  options: SearchOptions,
): Promise<Trash | undefined> {
  const id = newTrashId()
  const search = new ItemSearch(redis, keys.ready, options.filter)
  for await (const items of search.pages()) {
    if (items.length > 0) {
      options.onProgress(search.read, await purgeItems(redis, keys, id, items))
      search.removed(items)
    }
    if (options.signal.aborted) break
  }
  return (await listTrash(redis, keys)).find((trash) => trash.id === id)
}
