import type {Pool} from 'pg'
import type {CheckReport} from '../check/check-report.ts'
import {runCheck} from '../check/run-check.ts'
import {withBoundConflict} from '../config/conflict.ts'
import {isMapping} from '../config/mapping/mapping.ts'
import type {Settings} from '../config/settings.ts'
import {usageError} from '../errors.ts'
import {inputSize} from '../producer/input-size.ts'
import {inputsOf} from '../producer/open-input.ts'
import {RejectsFile} from '../producer/rejects-file.ts'
import {type Binding, withBinding} from '../queue/binding.ts'
import {openSinks} from '../sink/open-sinks.ts'
import type {Format} from '../source/formats.ts'
import {openSources} from '../source/open.ts'
import {assertBoundTable, type SinkInput, sinkOptions} from './bound-sink.ts'
import type {Caller} from './context.ts'
import {requireQueue} from './known-queue.ts'

export interface CheckInput extends SinkInput {
  /** Files to read; stdin if there is none, or for `-`. */
  files: string[]
  stdin: NodeJS.ReadableStream
  format?: Format
  lenient: boolean
  /** Most obstacles to list. */
  show: number
  /** File for the items that would be refused, as NDJSON. */
  rejects?: string
}

export interface CheckResult extends CheckReport {
  /** The queue whose table and mapping were used; null if none was named. */
  queue: string | null
  table: string
  files: string[]
  /** Columns may get other values than those of the keys of their names. */
  isMapped: boolean
  seconds: number
}

/** What is known of the queue that was named. */
interface Known {
  binding: Binding | undefined
  /** Identical items are one. */
  collapse: boolean
}

/**
 * Says what would become of the records of files in a table, and keeps nothing.
 * @throws QtoolError (usage) for a file, a table or a mapping that cannot be used, (refused) if the actor may not write
 */
export async function checkFiles(
  caller: Caller,
  settings: Settings,
  input: CheckInput,
): Promise<CheckResult> {
  caller.actor.assertMayTry()
  const queue = settings.queue.source === 'flag' ? settings.queue.value : null
  const known =
    queue === null
      ? undefined
      : await caller.withQueue(async (context): Promise<Known> => {
          await requireQueue(context.queue)
          return {binding: await context.queue.binding(), collapse: context.queue.kind === 'zset'}
        })
  const {binding, collapse} = known ?? {binding: undefined, collapse: true}
  const mapping = withBinding(caller.mapping, binding)
  if (mapping.table.source === 'default') throw noTable(queue)
  const closing = new AbortController()
  let bytesRead = 0
  const source = await openSources({
    ...input,
    maxBytes: input['max-bytes'],
    closing: closing.signal,
    onBytes: (bytes) => {
      bytesRead += bytes
    },
    onEmpty: (file) => caller.note(`${file} holds no records`),
  })
  const size = await inputSize(inputsOf(input.files))
  const rejects =
    input.rejects === undefined ? undefined : await RejectsFile.open(input.rejects, inputsOf(input.files))
  const started = performance.now()
  const stage = {doing: 'checking', unit: 'record', continued: () => ({isAfresh: true})}
  const run = async (pool: Pool) => {
    const [trying, looking] = [await pool.connect(), await pool.connect()]
    try {
      if (queue !== null) await assertBoundTable(looking, queue, {mapping, binding})
      const options = sinkOptions({mapping, binding}, input)
      const conflict = withBoundConflict(settings.conflict, binding ?? {})
      const sinks = await openSinks(looking, {...options, ...conflict})
      const judged = await caller.withProgress(stage, (report) =>
        runCheck({trying, looking}, sinks, source, {
          collapse,
          show: input.show,
          signal: caller.signal,
          onRefused: rejects && ((item) => rejects.write(item)),
          onProgress: (done) =>
            report({done, bytes: size === undefined ? undefined : {read: bytesRead, size}}),
        }),
      )
      return {
        queue,
        table: sinks.names,
        files: inputsOf(input.files),
        isMapped: isMapping(mapping),
        ...judged,
      }
    } finally {
      trying.release()
      looking.release()
    }
  }
  try {
    const result = await caller.withPostgres({max: 2}, run)
    await rejects?.close()
    return {...result, seconds: (performance.now() - started) / 1000}
  } finally {
    closing.abort()
  }
}

function noTable(queue: string | null) {
  return usageError(
    queue === null ? 'no table to check against' : `queue ${queue} is not bound to a table yet`,
    'name one with --table schema.table, QTOOL_TABLE or a profile',
    '-q QUEUE takes the table and the mapping of a queue that has workers',
  )
}
