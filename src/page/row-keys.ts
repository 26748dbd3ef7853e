import {bindKeys} from './keys.ts'

/**
 * j and k move the focus through the rows of a list: the elements with `data-row`, links mostly, so that Enter opens
 * them by itself.
 * @returns a function that ends it
 */
export function bindRowKeys(list: HTMLElement): () => void {
  return bindKeys(
    {keys: 'j', says: 'next row', run: () => move(list, 1)},
    {keys: 'k', says: 'previous row', run: () => move(list, -1)},
  )
}

function move(list: HTMLElement, by: 1 | -1): void {
  const rows = [...list.querySelectorAll<HTMLElement>('[data-row]')]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  const next = at < 0 ? rows[0] : rows[at + by]
  next?.focus()
  next?.scrollIntoView({block: 'nearest'})
}
