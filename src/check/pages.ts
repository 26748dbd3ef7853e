import type {Batch, Reject, Source} from '../source/source.ts'

/** Where an item was read. */
export interface Place {
  source: string
  line: number
}

/** Items that are judged together, and the lines that cannot be items. */
export interface Page {
  items: Buffer[]
  places: Place[]
  rejects: Reject[]
}

/** Items of a page, as many as of a lease of `work`, and bytes, of which an envelope may have many. */
const MOST_ITEMS = 5000
const MOST_BYTES = 8 * 1024 * 1024

/** Cuts what is read into pages, and copies it, since readers use their buffers again. */
export async function* pagesOf(source: Source): AsyncGenerator<Page> {
  let page = newPage()
  let bytes = 0
  for await (const batch of source) {
    page.rejects.push(...batch.rejects)
    for (let i = 0; i < batch.count; i++) {
      const item = itemOf(batch, i)
      page.items.push(item)
      page.places.push({source: batch.source, line: batch.lines[i]})
      bytes += item.length
      if (page.items.length < MOST_ITEMS && bytes < MOST_BYTES) continue
      yield page
      page = newPage()
      bytes = 0
    }
    if (page.rejects.length < MOST_ITEMS) continue
    yield page
    page = newPage()
    bytes = 0
  }
  if (page.items.length + page.rejects.length > 0) yield page
}

function newPage(): Page {
  return {items: [], places: [], rejects: []}
}

function itemOf({bytes, starts, ends}: Batch, i: number): Buffer {
  return Buffer.from(bytes.subarray(starts[i], ends[i]))
}
