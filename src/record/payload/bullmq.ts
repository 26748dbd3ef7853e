import {chooseRecords} from './choose.ts'
import {shown, wholeValue} from './json-text.ts'
import {type JobBytes, JobFault, type JobOptions, type Payload} from './payload.ts'

/** A job of BullMQ: the item is its id, and the record is the data in its hash. */
export const BULLMQ: Payload = {
  fields: ['data', 'name', 'parentKey', 'rjk'],
  roots: ['data'],

  records({item, fields}: JobBytes, {path}: JobOptions): Buffer {
    const [data, , parent, scheduler] = fields ?? []
    if (!data) throw new JobFault('NO_JOB', `Redis has no data of the job ${shown(item)}: it was removed`)
    if (parent) throw new JobFault('JOB', `the job ${parent} waits until a BullMQ worker has run this one`)
    if (scheduler) {
      throw new JobFault(
        'JOB',
        `the scheduler ${scheduler} continues only after a BullMQ worker has run this job`,
      )
    }
    return chooseRecords({data: wholeValue(data, 'the data of the job')}, path)
  },

  nameOf({fields}: JobBytes): string | null {
    return fields?.[1]?.toString() ?? null
  },
}
