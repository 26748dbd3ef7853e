import type {Sink} from '../sink.ts'

/** The records of a lease that have the same key, by their numbers, in the order in which they are to be applied. */
export class KeyGroups {
  readonly #byTable: ReadonlyMap<Sink, number[][]>
  readonly #places = new Map<number, {group: number[]; at: number}>()

  constructor(byTable: ReadonlyMap<Sink, number[][]>) {
    this.#byTable = byTable
    for (const group of this.all) {
      for (const [at, number] of group.entries()) this.#places.set(number, {group, at})
    }
  }

  of(sink: Sink): number[][] {
    return this.#byTable.get(sink) ?? []
  }

  get all(): number[][] {
    return [...this.#byTable.values()].flat()
  }

  /** The records of the same key that are applied after this one. */
  after(number: number): number[] {
    const place = this.#places.get(number)
    return place ? place.group.slice(place.at + 1) : []
  }
}
