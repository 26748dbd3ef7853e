import type {Redis} from 'ioredis'
import {type Cursor, endOf, readPage, type Scored, startOf} from '../letters/letter-page.ts'
import type {ItemFilter} from './item-filter.ts'

const ALL = {from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY}

/**
 * Reads the ready items of a queue in the order in which they leave, page by page in bounded memory, while workers and
 * producers go on. Items that are enqueued before the place that it has reached are not seen.
 */
export class ItemSearch {
  /** Items read so far, selected or not. */
  read = 0
  readonly #redis: Redis
  readonly #key: string
  readonly #filter: ItemFilter | undefined
  #cursor: Cursor = startOf(ALL, 'up')

  constructor(redis: Redis, key: string, filter?: ItemFilter) {
    this.#redis = redis
    this.#key = key
    this.#filter = filter
  }

  /** Pages of items that the filter selects, or of all items if there is none; a page may be empty. */
  async *pages(): AsyncGenerator<Scored[]> {
    for (;;) {
      const page = await readPage(this.#redis, this.#key, this.#cursor, ALL, {order: 'up'})
      if (page.length === 0) return
      this.read += page.length
      this.#cursor = endOf(page, this.#cursor)
      yield page.filter((item) => this.#filter?.selects(item) ?? true)
    }
  }

  /** Reports items of the latest page that are no longer in the queue. */
  removed(items: readonly Scored[]): void {
    const {score} = this.#cursor
    for (const item of items) if (item.score === score) this.#cursor.skip--
  }
}
