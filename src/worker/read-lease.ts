import type {Lease} from '../queue/lease.ts'
import {plainItems, type ReadItems} from '../record/payload/read-items.ts'
import type {Worker} from './worker.ts'

/** Most bytes of jobs that are read together, since they are held in memory. */
const MOST_BYTES = 16 * 1024 * 1024

/**
 * Unpacks the records of a lease's items.
 * @returns undefined if the worker is to stop before Redis answers
 * @throws CrowdedJobsError if the jobs are too large to be read together
 */
export async function readLease({queue, target}: Worker, lease: Lease): Promise<ReadItems | undefined> {
  const {readOptions} = target.sinks
  if (readOptions.kind === 'json') return plainItems(lease.items)
  return queue.readItems(lease.items, {...readOptions, mostBytes: MOST_BYTES})
}
