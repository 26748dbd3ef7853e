import type {Cause} from '../../record/cause.ts'
import type {DecodedLease} from './decoded.ts'
import type {OpReader} from './op-reader.ts'
import type {ValueWriter} from './value-writer.ts'

/** A value of an envelope, or why it cannot be one. */
interface Value {
  /** 'op' for what says what a record does. */
  column: number | 'op'
  bytes: Buffer
  start: number
  end: number
}

/** What the envelope of the item that was read last gives all of its records. */
export class Around {
  #values: Value[] = []
  #faults: Array<{cause: Cause; column: number}> = []
  #of: {lease: DecodedLease; item: number} | undefined
  /** The envelope is being read. */
  isRead = false

  /** @param read reads the envelope of the item, unless it was the last one */
  readOnce(lease: DecodedLease, item: number, read: () => void): void {
    if (this.#of?.lease === lease && this.#of.item === item) return
    this.#values = []
    this.#faults = []
    this.isRead = true
    read()
    this.isRead = false
    this.#of = {lease, item}
  }

  give(column: number | 'op', bytes: Buffer, start: number, end: number): void {
    this.#values.push({column, bytes, start, end})
  }

  refuse(cause: Cause, column: number): void {
    this.#faults.push({cause, column})
  }

  /** Gives a record what is around it. */
  giveTo(values: ValueWriter, op: OpReader | undefined): void {
    for (const {column, bytes, start, end} of this.#values) {
      if (column === 'op') op?.give(bytes, start, end)
      else values.give(column, bytes, start, end)
    }
    for (const {cause, column} of this.#faults) values.refuse(cause, column)
  }
}
