import type {Span} from '../../json/cut.ts'
import type {Cause} from '../../record/cause.ts'
import type {DecodedLease} from './decoded.ts'
import type {Beyond} from './mapped.ts'
import type {OpReader} from './op-reader.ts'
import type {Inside} from './uses.ts'
import type {ValueWriter} from './value-writer.ts'

/** A value of an envelope, or why it cannot be one. */
interface Value {
  /** 'op' for what says what a record does. */
  column: number | 'op'
  bytes: Buffer
  start: number
  end: number
}

/** What an object around records gives all of them. */
interface Given {
  values: Value[]
  faults: Array<{cause: Cause; column: number}>
}

/** What the objects around the records of one item give them; each object is read once. */
class Around {
  /** By where the object begins. */
  readonly #known = new Map<number, Given>()
  #of: {lease: DecodedLease; item: number} | undefined
  #given: Given = {values: [], faults: []}

  /** @param read reads the object that begins at `start`, unless it was read for a record before */
  readOnce(lease: DecodedLease, item: number, start: number, read: () => void): void {
    if (this.#of?.lease !== lease || this.#of.item !== item) this.#known.clear()
    this.#of = {lease, item}
    const known = this.#known.get(start)
    this.#given = known ?? {values: [], faults: []}
    if (known) return
    read()
    this.#known.set(start, this.#given)
  }

  give(column: number | 'op', bytes: Buffer, start: number, end: number): void {
    this.#given.values.push({column, bytes, start, end})
  }

  refuse(cause: Cause, column: number): void {
    this.#given.faults.push({cause, column})
  }

  /** Gives a record what the object around it gives that was named last. */
  giveTo(values: ValueWriter, op: OpReader | undefined): void {
    for (const {column, bytes, start, end} of this.#given.values) {
      if (column === 'op') op?.give(bytes, start, end)
      else values.give(column, bytes, start, end)
    }
    for (const {cause, column} of this.#given.faults) values.refuse(cause, column)
  }
}

/** What is around the records of a table: the object that holds each, and its item. */
export class Surroundings {
  readonly #arounds = {parent: new Around(), envelope: new Around()}
  readonly #beyond: Beyond
  /** The one that is being read. */
  reading: Around | undefined

  constructor(beyond: Beyond) {
    this.#beyond = beyond
  }

  /** Reads what is used around a record, and gives it; a record that is an item itself has nothing around it. */
  give(
    lease: DecodedLease,
    record: number,
    read: (inside: Inside, place: Span) => void,
    {values, op}: {values: ValueWriter; op: OpReader | undefined},
  ): void {
    const parent = lease.isAroundUsed ? lease.parentOf(record) : undefined
    if (!parent) return
    const item = lease.itemOf[record]
    const {starts} = lease.items
    const places = {parent, envelope: {start: starts[item], end: starts[item + 1]}}
    for (const which of ['parent', 'envelope'] as const) {
      const inside = this.#beyond[which]
      if (!inside) continue
      const around = this.#arounds[which]
      this.reading = around
      around.readOnce(lease, item, places[which].start, () => read(inside, places[which]))
      this.reading = undefined
      around.giveTo(values, op)
    }
  }
}
