import type {Sink} from '../sink.ts'
import {frameOf} from './frame.ts'
import type {Found} from './holder.ts'
import {once} from './once.ts'
import type {How} from './sorting.ts'

/** How the records of a list were found whose fields choose their tables: the same for all that go into one. */
export class ChosenFrom {
  readonly #bytes: Buffer
  readonly #list: Found | undefined
  readonly #known = new Map<Sink, How>()

  /** @param list undefined if an item is a list itself */
  constructor(bytes: Buffer, list: Found | undefined) {
    this.#bytes = bytes
    this.#list = list
  }

  howOf(sink: Sink): How {
    const known = this.#known.get(sink)
    if (known || !this.#list) return known ?? {}
    const list = this.#list
    const {around, isAroundUsed} = sink.decoder.mapped
    const frame = isAroundUsed ? once(() => frameOf(this.#bytes, list, around)) : undefined
    const how = {parent: list.of, frame}
    this.#known.set(sink, how)
    return how
  }
}
