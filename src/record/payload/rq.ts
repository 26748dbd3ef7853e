import {chooseRecords} from './choose.ts'
import {listed, shown, textOf} from './json-text.ts'
import {type JobBytes, JobFault, type JobOptions, type Payload} from './payload.ts'
import {PickleTexts} from './pickle/to-json.ts'
import {unpickle} from './pickle/unpickle.ts'
import {isList} from './pickle/value.ts'
import {inflate} from './unpack.ts'

/** A job of RQ: the item is its id, and its hash holds (function, instance, args, kwargs), pickled or as JSON. */
export const RQ: Payload = {
  fields: ['data', 'success_callback_name'],
  roots: ['args', 'kwargs'],

  records(job: JobBytes, {path, maxBytes}: JobOptions): Buffer {
    const data = dataOf(job, maxBytes)
    const callback = job.fields?.[1]?.toString()
    if (callback) {
      throw new JobFault('JOB', `the job has a callback (${callback}), which only an RQ worker can run`)
    }
    if (data[0] !== OPENING_BRACKET) return pickledRecords(data, path, maxBytes)
    const [, , args, kwargs] = listed(data, 'the data of the job')
    return chooseRecords({args, kwargs}, path)
  },

  nameOf(job: JobBytes): string | null {
    const data = dataOf(job, MOST_BYTES)
    if (data[0] === OPENING_BRACKET) return textOf(listed(data, 'the data of the job')[0]) ?? null
    const value = unpickle(data)
    const name = isList(value) ? value.values[0] : undefined
    return typeof name === 'string' ? name : null
  },
}

/** A list of JSON begins with it, and no pickle does. */
const OPENING_BRACKET = 0x5b

const ZLIB = 0x78

/** Most bytes that are unpacked only to show the name of a job. */
const MOST_BYTES = 16 * 1024 * 1024

function dataOf({item, fields}: JobBytes, maxBytes: number): Buffer {
  const data = fields?.[0]
  if (!data)
    throw new JobFault(
      'NO_JOB',
      `Redis has no data of the job ${shown(item)}: it has expired, or was removed`,
    )
  // As RQ itself, which has not always compressed it; neither a pickle nor JSON begins like a zlib stream
  return data[0] === ZLIB ? inflate(data, maxBytes, 'the data of the job') : data
}

function pickledRecords(data: Buffer, path: readonly string[], maxBytes: number): Buffer {
  const call = unpickle(data)
  if (!isList(call) || call.values.length < 4) {
    throw new JobFault(
      'JOB',
      'expected the pickle of the job to list its function, instance, args and kwargs',
    )
  }
  const [, , args, kwargs] = call.values
  const texts = new PickleTexts(maxBytes)
  const given = {args: texts.textOf(args), kwargs: texts.textOf(kwargs)}
  const records = chosen(given, path, texts)
  const foreign = texts.foreignIn(records)
  if (foreign === undefined) return records
  throw new JobFault('JOB', `the record contains ${foreign}, which JSON does not have`)
}

function chosen(given: {args: Buffer; kwargs: Buffer}, path: readonly string[], texts: PickleTexts): Buffer {
  try {
    return chooseRecords(given, path)
  } catch (error) {
    const foreign = texts.foreignIn(given.args) ?? texts.foreignIn(given.kwargs)
    if (foreign === undefined) throw error
    throw new JobFault('JOB', `the arguments contain ${foreign}, which JSON does not have`)
  }
}
