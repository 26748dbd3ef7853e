import {payloadObjects} from '../../filter/payload.ts'
import type {Subject} from '../../filter/subject.ts'
import type {JobReader} from '../jobs/job-reader.ts'
import type {ReadyItem, TimesOf} from '../kinds.ts'

/** What is known of all items of a queue. */
export interface ItemContext {
  queue: string
  /** ms since 1970 by the clock of Redis. */
  nowMs: number
  /** Path of the records in an envelope. */
  records: readonly string[]
  timesOf: TimesOf
  /** For items that are jobs, if the filter looks into them. */
  jobs?: JobReader
}

/** A ready item as a filter sees it. */
export class ItemSubject implements Subject {
  readonly #item: ReadyItem
  readonly #context: ItemContext

  constructor(item: ReadyItem, context: ItemContext) {
    this.#item = item
    this.#context = context
  }

  texts(field: string): readonly string[] {
    if (field === 'queue') return [this.#context.queue]
    const figure = this.figure(field)
    return Number.isNaN(figure) ? [] : [String(figure)]
  }

  figure(field: string): number {
    const {member, score} = this.#item
    if (field === 'bytes') return member.length
    const {priority, enqueuedAt} = this.#context.timesOf(score, this.#context.nowMs)
    if (field === 'priority') return priority ?? Number.NaN
    if (field === 'time') return enqueuedAt ?? Number.NaN
    throw new Error(`expected a field of ready items, got ${field}`)
  }

  objects(): readonly Buffer[] {
    const {jobs, records} = this.#context
    const {member} = this.#item
    return jobs ? jobs.objects(member) : payloadObjects(member, records)
  }

  searched(): readonly string[] {
    const {member} = this.#item
    const {jobs} = this.#context
    return [member.toString(), ...(jobs ? [jobs.text(member)] : [])]
  }

  mayHold(text: string): boolean {
    const {member} = this.#item
    return this.#context.jobs !== undefined || member.includes(text) || member.includes('\\u')
  }
}
