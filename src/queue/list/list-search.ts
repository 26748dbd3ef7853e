import type {Redis} from 'ioredis'
import {type ItemFilter, selected} from '../items/item-filter.ts'
import type {ItemSearch} from '../items/item-search.ts'
import type {ReadyItem} from '../kinds.ts'
import type {ListEnd} from './list-lua.ts'
import {readListPage} from './list-page.ts'

/**
 * A search of a list. Its items have no places that stay: each page is found by the last item before it. Items that come
 * in meanwhile are seen, those that are put back at the end from which they leave may not be.
 */
export class ListSearch implements ItemSearch {
  read = 0
  readonly #redis: Redis
  readonly #key: string
  readonly #pops: ListEnd
  readonly #filter: ItemFilter | undefined
  /** Items that leave before the next page. */
  #at = 0
  /** The last item before the next page, and the last before the latest one. */
  #anchor: Buffer | undefined
  #before: Buffer | undefined
  #page: ReadyItem[] = []

  constructor(redis: Redis, key: string, pops: ListEnd, filter?: ItemFilter) {
    this.#redis = redis
    this.#key = key
    this.#pops = pops
    this.#filter = filter
  }

  async *pages(): AsyncGenerator<ReadyItem[]> {
    for (;;) {
      const place = {at: this.#at, anchor: this.#anchor}
      const {at, items} = await readListPage(this.#redis, this.#key, this.#pops, place)
      if (items.length === 0) return
      this.read += items.length
      this.#page = items.map((member, i) => ({member, score: Number.NaN, locator: String(at + i)}))
      this.#before = at === 0 ? undefined : this.#anchor
      this.#anchor = items.at(-1)
      this.#at = at + items.length
      yield await selected(this.#page, this.#filter)
    }
  }

  removed(items: readonly ReadyItem[]): void {
    const gone = new Set(items)
    const left = this.#page.filter((item) => !gone.has(item))
    this.#at -= this.#page.length - left.length
    this.#anchor = left.at(-1)?.member ?? this.#before
    this.#page = left
  }
}
