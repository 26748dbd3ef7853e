import type {Cause} from '../../record/cause.ts'
import type {ReadItems} from '../../record/payload/read-items.ts'
import type {LeaseParts} from '../lease-parts.ts'

/** Some records of a job were refused while others were written, which would repeat them once the job is put back. */
export class PartialJobError extends Error {
  /** Item → the cause of its first refused record. */
  readonly refused: ReadonlyMap<number, Cause>

  constructor(refused: ReadonlyMap<number, Cause>) {
    super('some records of a job were refused')
    this.refused = refused
  }
}

/** @throws PartialJobError if a job of several records is not refused as a whole */
export function assertWholeJobs(parts: LeaseParts): void {
  if (!parts.read.areJobs || !parts.refusesSome) return
  const records = new Map<number, number>()
  const refused = new Map<number, Cause>()
  for (const lease of parts.leases) {
    for (const item of lease.itemOf) records.set(item, (records.get(item) ?? 0) + 1)
  }
  for (const lease of parts.leases) {
    for (const {record, cause} of lease.rejections.toSorted((a, b) => a.record - b.record)) {
      const item = lease.itemOf[record]
      if (records.get(item) !== 1 && !refused.has(item)) refused.set(item, cause)
    }
  }
  if (refused.size > 0) throw new PartialJobError(refused)
}

/** The same items, with these jobs refused as a whole. */
export function withoutJobs(read: ReadItems, refused: ReadonlyMap<number, Cause>): ReadItems {
  return {...read, faults: new Map([...read.faults, ...refused])}
}
