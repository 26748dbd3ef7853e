import type {Redis} from 'ioredis'
import {type ItemFilter, selected} from '../items/item-filter.ts'
import type {ItemSearch} from '../items/item-search.ts'
import {type Cursor, endOf, readPage, type Scored, startOf} from '../letters/letter-page.ts'

const ALL = {from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY}

/** A search of a sorted set. Items that are enqueued before the place that it has reached are not seen. */
export class SetSearch implements ItemSearch {
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

  async *pages(): AsyncGenerator<Scored[]> {
    for (;;) {
      const page = await readPage(this.#redis, this.#key, this.#cursor, ALL, {order: 'up'})
      if (page.length === 0) return
      this.read += page.length
      this.#cursor = endOf(page, this.#cursor)
      yield await selected(page, this.#filter)
    }
  }

  removed(items: readonly Scored[]): void {
    const {score} = this.#cursor
    for (const item of items) if (item.score === score) this.#cursor.skip--
  }
}
