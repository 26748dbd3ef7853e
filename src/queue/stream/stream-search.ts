import {type ItemFilter, selected} from '../items/item-filter.ts'
import type {ItemSearch} from '../items/item-search.ts'
import type {ReadyItem} from '../kinds.ts'
import type {LeaseBook} from '../lease-book/book.ts'
import {readPage} from './pages.ts'

/** A search of a stream. Its place is an id, so that it stays valid whatever comes and goes. */
export class StreamSearch implements ItemSearch {
  read = 0
  readonly #book: LeaseBook
  readonly #filter: ItemFilter | undefined

  constructor(book: LeaseBook, filter?: ItemFilter) {
    this.#book = book
    this.#filter = filter
  }

  async *pages(): AsyncGenerator<ReadyItem[]> {
    for (let after = ''; ; ) {
      const page = await readPage(this.#book, after)
      if (page.length === 0) return
      this.read += page.length
      after = page[page.length - 1].locator
      yield await selected(page, this.#filter)
    }
  }

  removed(): void {}
}
