import {type Child, h, setText} from './dom.ts'

/** A part of a view with a heading. @param id of the heading, unique in the view */
export function panel(title: string, ...content: Child[]): HTMLElement {
  const id = `panel-${title.replaceAll(' ', '-')}`
  return h('section', {class: 'panel', 'aria-labelledby': id}, h('h2', {id}, title), ...content)
}

/** A table with its headings, and where its rows go. */
export function makeTable(columns: Array<string | {figure: string}>): {node: HTMLElement; body: HTMLElement} {
  const head = columns.map((column) =>
    typeof column === 'string'
      ? h('th', {scope: 'col'}, column)
      : h('th', {scope: 'col', class: 'figure'}, column.figure),
  )
  const body = h('tbody')
  const table = h('table', {}, h('thead', {}, h('tr', {}, ...head)), body)
  return {node: h('div', {class: 'wide'}, table), body}
}

/** Names and values below each other. */
export class Pairs {
  readonly node = h('dl', {class: 'pairs'})
  readonly #values = new Map<string, HTMLElement>()

  show(pairs: Array<[string, string]>): void {
    for (const [name, text] of pairs) setText(this.#valueOf(name), text)
  }

  #valueOf(name: string): HTMLElement {
    const known = this.#values.get(name)
    if (known) return known
    const value = h('dd')
    this.#values.set(name, value)
    this.node.append(h('div', {}, h('dt', {}, name), value))
    return value
  }
}
