/** Who wrote the items of a queue: qtool and plain producers (`json`), or a job library. */
export const PAYLOAD_KINDS = ['json', 'bullmq', 'celery', 'laravel', 'rq', 'sidekiq'] as const
export type PayloadKind = (typeof PAYLOAD_KINDS)[number]

/** The kind of this name; undefined if there is none. */
export function payloadKind(name: unknown): PayloadKind | undefined {
  return PAYLOAD_KINDS.find((kind) => kind === name)
}

/** The fields of a job's hash in Redis, in the order of `Payload.fields`; null where there is none. */
export type JobFields = ReadonlyArray<Buffer | null>

/** An item of a job library, with what its hash holds if the item is only the id of a job. */
export interface JobBytes {
  item: Buffer
  fields?: JobFields
}

/** What the arguments of a job are read as. */
export interface JobOptions {
  /** Path of the records, from the arguments of the job: see `chooseRecords`. */
  path: readonly string[]
  /** Most bytes of a text that is unpacked. */
  maxBytes: number
}

/** How one job library writes its jobs. */
export interface Payload {
  /** Fields of the job's hash that are needed, if the item is only the id of a job. */
  readonly fields?: readonly string[]
  /** What a path of records may begin with. */
  readonly roots: readonly string[]
  /**
   * The JSON text, an object or a list of objects, that the job was given as its records.
   * @throws JobFault if it cannot be read, or if draining it would lose more than its records
   */
  records(job: JobBytes, options: JobOptions): Buffer
  /** The name of what was to be run; null if the job does not tell. */
  nameOf(job: JobBytes): string | null
}

/** Codes of what is wrong with a job: `JOB` for one that qtool does not drain, `NO_JOB` for one that Redis has lost. */
export type JobFaultCode =
  | 'JOB'
  | 'NO_JOB'
  | 'SHAPE'
  | 'SIZE'
  | 'UTF8'
  | 'JSON'
  | 'DEPTH'
  | 'NUL'
  | 'SURROGATE'
  | 'DUPKEY'

/** Why a job is not drained; it becomes a dead letter with the reason `malformed`. */
export class JobFault extends Error {
  readonly code: JobFaultCode

  constructor(code: JobFaultCode, message: string) {
    super(message)
    this.code = code
  }
}
