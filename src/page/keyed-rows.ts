/** What shows one item, and can show a newer state of it. */
export interface ShownRow<T> {
  node: HTMLElement
  show(item: T): void
}

/**
 * Rows that stay while their items change, so that focus and selection stay too. They are moved only where their order
 * has changed.
 */
export class KeyedRows<T> {
  readonly #parent: HTMLElement
  readonly #keyOf: (item: T) => string
  readonly #make: (item: T) => ShownRow<T>
  #rows = new Map<string, ShownRow<T>>()

  constructor(parent: HTMLElement, keyOf: (item: T) => string, make: (item: T) => ShownRow<T>) {
    this.#parent = parent
    this.#keyOf = keyOf
    this.#make = make
  }

  show(items: T[]): void {
    const before = this.#rows
    this.#rows = new Map(items.map((item) => [this.#keyOf(item), this.#rowOf(item)]))
    for (const [key, {node}] of before) if (!this.#rows.has(key)) node.remove()
    let at = this.#parent.firstElementChild
    for (const {node} of this.#rows.values()) {
      if (node === at) at = at.nextElementSibling
      else this.#parent.insertBefore(node, at)
    }
  }

  #rowOf(item: T): ShownRow<T> {
    const row = this.#rows.get(this.#keyOf(item)) ?? this.#make(item)
    row.show(item)
    return row
  }
}
