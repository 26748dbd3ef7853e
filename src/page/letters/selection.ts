/** Letters that the user has chosen: some by their ids, or all that the filter selects. */
export class Selection {
  readonly #onChange: () => void
  #ids = new Set<string>()
  #isAll = false

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Whether all that the filter selects are meant, also those that are not listed. */
  get isAll(): boolean {
    return this.#isAll
  }

  get ids(): string[] {
    return [...this.#ids]
  }

  has(id: string): boolean {
    return this.#isAll || this.#ids.has(id)
  }

  set(ids: string[], isChosen: boolean): void {
    this.#isAll = false
    for (const id of ids) {
      if (isChosen) this.#ids.add(id)
      else this.#ids.delete(id)
    }
    this.#onChange()
  }

  chooseAll(): void {
    this.#ids.clear()
    this.#isAll = true
    this.#onChange()
  }

  clear(): void {
    this.#ids.clear()
    this.#isAll = false
    this.#onChange()
  }
}
