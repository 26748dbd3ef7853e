import type {Mark, Producer} from '../queue/producer.ts'

/** A place in the inputs: behind so many records, bad ones and skipped ones included. */
export interface Place {
  source: string
  /** Records of this source. */
  records: number
  /** Records of it and all before it. */
  total: number
}

interface Taken {
  source: string
  records: number
  /** Whether some of them are kept back for an envelope that is not full. */
  isHolding: boolean
}

/** How far the inputs have been read, and up to which record everything is in the queue for certain. */
export class InputPosition {
  /** Behind the last record that was read; undefined before the first. */
  read: Place | undefined
  #settled: Place | undefined
  #producer: Pick<Producer, 'hasSettled'> | undefined
  readonly #marks: Array<{place: Place; mark: Mark}> = []

  /** Behind the last record before which nothing is left to be sent. */
  get settled(): Place | undefined {
    this.#settle()
    return this.#settled
  }

  /** Notes that records of a source were left out. */
  skipped(source: string, records: number): void {
    this.#settled = this.#move(source, records)
  }

  /** Notes that records of a source were given to a producer. */
  took(producer: Producer, {source, records, isHolding}: Taken): void {
    this.#producer = producer
    const place = this.#move(source, records)
    const mark = producer.mark({isHolding})
    const last = this.#marks.at(-1)
    // One record after another goes into the same chunk, and settles with it
    if (last && String(last.mark) === String(mark)) {
      last.place = place
      return
    }
    this.#marks.push({place, mark})
    // So that few marks are kept
    this.#settle()
  }

  /** Notes that nothing is left to be sent. */
  finished(): void {
    this.#settled = this.read
    this.#marks.length = 0
  }

  #settle(): void {
    const at = this.#marks.findLastIndex(({mark}) => this.#producer?.hasSettled(mark))
    for (const {place} of this.#marks.splice(0, at + 1)) this.#settled = place
  }

  #move(source: string, records: number): Place {
    const before = this.read?.source === source ? this.read.records : 0
    this.read = {source, records: before + records, total: (this.read?.total ?? 0) + records}
    return this.read
  }
}
