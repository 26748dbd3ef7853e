import type {Cause} from '../cause.ts'
import {Items} from '../items.ts'
import {payloadOf} from './kinds.ts'
import {JobFault, type JobFields, type PayloadKind} from './payload.ts'

/** Items with the JSON texts in which their records are found. */
export interface ReadItems {
  items: Items
  /** One for each item: the item itself, or what was unpacked from it. */
  texts: Items
  /** Items that cannot be read, with the reason; their text is empty. */
  faults: ReadonlyMap<number, Cause>
  /** Whether they are jobs, which are written whole or not at all. */
  areJobs: boolean
  /** The name of what a job was to run; null if it does not tell, or is no job. */
  nameOf(item: number): string | null
}

export interface ReadOptions {
  kind: PayloadKind
  /** Path of the records, as it was set. */
  records: string
  maxBytes: number
}

/** What Redis holds of jobs whose items are only their ids: for each item its fields, or `large` if it was not read. */
export type JobHashes = ReadonlyArray<JobFields | 'large'>

/** Items that are records, or envelopes of records, themselves. */
export function plainItems(items: Items): ReadItems {
  return {items, texts: items, faults: NONE, areJobs: false, nameOf: () => null}
}

/**
 * Unpacks the records of jobs.
 * @param hashes for kinds whose items are ids
 */
export function readItems(items: Items, options: ReadOptions, hashes?: JobHashes): ReadItems {
  const payload = payloadOf(options.kind)
  if (!payload) return plainItems(items)
  const faults = new Map<number, Cause>()
  const jobOptions = {path: options.records.split('.'), maxBytes: options.maxBytes}
  const job = (i: number) => {
    const fields = hashes?.[i]
    const bytes = items.starts[i + 1] - items.starts[i]
    if (fields === 'large' || bytes > AROUND * options.maxBytes) throw tooLarge(options.maxBytes)
    return {item: items.item(i), fields}
  }
  const texts = Array.from({length: items.count}, (_, i) => {
    try {
      return payload.records(job(i), jobOptions)
    } catch (error) {
      if (!(error instanceof JobFault)) throw error
      faults.set(i, {reason: 'malformed', code: error.code, message: error.message})
      return EMPTY
    }
  })
  const nameOf = (i: number) => nameIn(() => payload.nameOf(job(i)))
  return {items, texts: Items.from(texts), faults, areJobs: true, nameOf}
}

/** The path of the records in an envelope: one that begins with the arguments of a job has been followed already. */
export function envelopePath(kind: PayloadKind, records: string): string[] {
  const path = records.split('.')
  return payloadOf(kind)?.roots.includes(path[0]) ? [] : path
}

/** A job that cannot be read has no name. */
function nameIn(read: () => string | null): string | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof JobFault) return null
    throw error
  }
}

function tooLarge(maxBytes: number): JobFault {
  return new JobFault('SIZE', `the job is larger than the limit of ${maxBytes} bytes`)
}

/** A job may be that much larger than its records, with base64 and all that is around them. */
const AROUND = 3

const NONE: ReadonlyMap<number, Cause> = new Map()
const EMPTY = Buffer.alloc(0)
