import type {ClientBase} from 'pg'
import type {LeaseParts, Part} from '../lease-parts.ts'
import type {Sink} from '../sink.ts'
import {UnpreparedError} from './fast-lane.ts'
import type {Preparation} from './preparation.ts'
import {inTransaction, type LeaseResult, type WriteOptions} from './transaction.ts'
import type {Way} from './ways.ts'

/** The quick way into one of the tables failed. */
export class QuickWayError extends Error {
  readonly sink: Sink

  constructor(sink: Sink, cause: unknown) {
    super(`the quick way into ${sink.table.quoted} failed`, {cause})
    this.sink = sink
  }
}

/**
 * Writes the parts of a lease in one transaction, each in its way.
 * @throws QuickWayError, or what `inTransaction` throws
 */
export async function writeParts(
  client: ClientBase,
  options: WriteOptions,
  parts: LeaseParts,
  wayOf: (sink: Sink) => Way,
): Promise<LeaseResult> {
  const {isolate, isLongFailing, othersPass, isLast, isFresh, ledger} = options
  const evidence = {isolate, isLongFailing, othersPass, isLast, isFresh, ledger, rowsPassed: false}
  const known = new Map<Part, Preparation>()
  const attempt = <T>(part: Part, run: (way: Way) => Promise<T>) => naming(part, wayOf(part.sink), run)
  for (const part of parts.all) known.set(part, await attempt(part, (way) => way.prepare(client, part)))
  let mayRefuse = parts.refusesSome || [...known.values()].some((one) => one.mayRefuse)
  for (;;) {
    if (mayRefuse) await options.beforeRefusing()
    try {
      return await inTransaction(client, options, parts, {
        write: (part) =>
          attempt(part, (way) => way.write(client, part, evidence, {...known.get(part), mayRefuse})),
        again: (part, records) =>
          attempt(part, (way) => way.again(client, part, records, {...evidence, rowsPassed: true})),
      })
    } catch (error) {
      if (!(error instanceof UnpreparedError)) throw error
      mayRefuse = true
    }
  }
}

/** @throws QuickWayError instead of an error of a quick way */
async function naming<T>({sink}: Part, way: Way, run: (way: Way) => Promise<T>): Promise<T> {
  try {
    return await run(way)
  } catch (error) {
    throw way.isQuick && !(error instanceof UnpreparedError) ? new QuickWayError(sink, error) : error
  }
}
