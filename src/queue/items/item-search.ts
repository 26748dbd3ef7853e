import type {ReadyItem} from '../kinds.ts'

/**
 * Reads the ready items of a queue in the order in which they leave, page by page in bounded memory, while workers and
 * producers go on.
 */
export interface ItemSearch {
  /** Items read so far, selected or not. */
  readonly read: number
  /** Pages of items that the filter selects, or of all items if there is none; a page may be empty. */
  pages(): AsyncGenerator<ReadyItem[]>
  /** Reports items of the latest page that are no longer in the queue. */
  removed(items: readonly ReadyItem[]): void
}
