import {MAX_ITEM_BYTES} from '../json/item.ts'
import {type Mapping, withBinding} from '../queue/binding.ts'
import type {QueueEngine} from '../queue/engine.ts'
import type {JobsFor} from '../queue/items/item-filter.ts'
import {jobReader} from '../queue/jobs/job-reader.ts'
import {Items} from '../record/items.ts'
import type {ReadOptions} from '../record/payload/read-items.ts'

/** An item as it is shown. */
export interface ShownItem {
  payload: string
  payloadEncoding: 'utf8' | 'base64'
}

/** What is read in the item of a job library. */
export interface JobView {
  /** The name of what was to be run. */
  name: string | null
  /** The JSON text of its records; null if they cannot be read. */
  records: string | null
  /** Why they cannot be read. */
  fault: string | null
}

/** How the items of a queue are read. */
export function readOptions({payload, records}: Mapping): ReadOptions {
  return {kind: payload.value, records: records.value, maxBytes: MAX_ITEM_BYTES}
}

/** Shows filters what is in the jobs of a queue. */
export function jobsFor(queue: QueueEngine, mapping: Mapping): JobsFor {
  const options = readOptions(mapping)
  return (expression) => jobReader((items) => queue.readItems(items, options), expression, options)
}

/** The JSON texts in which the records of items are found; empty for a job that cannot be read. */
export async function recordTexts(
  queue: QueueEngine,
  mapping: Mapping,
  items: readonly Buffer[],
): Promise<string[]> {
  const bound = withBinding(mapping, await queue.binding())
  const {texts} = await queue.readItems(Items.from(items), readOptions(bound))
  return items.map((_, i) => texts.item(i).toString())
}

/** Adds to each item what is read in it; null for items that are records themselves. */
export async function withJobs<T extends ShownItem>(
  queue: QueueEngine,
  mapping: Mapping,
  shown: readonly T[],
): Promise<Array<T & {job: JobView | null}>> {
  if (mapping.payload.value === 'json') return shown.map((item) => ({...item, job: null}))
  const items = Items.from(shown.map(({payload, payloadEncoding}) => Buffer.from(payload, payloadEncoding)))
  const {texts, faults, nameOf} = await queue.readItems(items, readOptions(mapping))
  return shown.map((item, i) => {
    const fault = faults.get(i)?.message ?? null
    const records = fault === null ? texts.item(i).toString() : null
    return {...item, job: {name: nameOf(i), records, fault}}
  })
}
