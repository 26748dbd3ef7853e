import type {Sink, SinkOptions} from '../../src/sink/sink.ts'
import type {Tally} from '../../src/worker/tally.ts'
import {type DrainSettings, deadLetters, drainAll, push, type TestContext, testSink} from './context.ts'

export interface Drained {
  at: ReturnType<TestContext['newQueue']>
  tally: Tally
  letters: Array<Record<string, unknown>>
  /** The whole table, ordered by its first column. */
  rows: Array<Record<string, unknown>>
}

/** Makes a sink insert every record on its own. */
export function insertEach(sink: Sink): void {
  const {copies, sets, hints} = sink.experience
  for (const gate of [copies, sets, hints]) gate.left = Number.POSITIVE_INFINITY
}

/** Drains records (objects, or their exact texts) into a table with one worker, and returns the outcome. */
export async function drainInto(
  context: TestContext,
  table: string,
  records: unknown[],
  options: {
    sink?: Partial<SinkOptions>
    drain?: DrainSettings
    /** Without COPY. */
    careful?: boolean
    /** Every record on its own, as a sink learns to do when Postgres keeps refusing whole sets. */
    each?: boolean
    /** Called before anything is taken. */
    opened?: (sink: Sink) => Promise<unknown>
  } = {},
): Promise<Drained> {
  const at = context.newQueue()
  const texts = records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record)))
  await push(context, at.keys, texts)
  const sink = await testSink(context, table, options.sink)
  if (options.careful) sink.experience.copies.left = Number.POSITIVE_INFINITY
  if (options.each) insertEach(sink)
  await options.opened?.(sink)
  const tally = await drainAll(context, sink, at, {workers: 1, ...options.drain})
  const {rows} = await context.pool.query(`SELECT * FROM ${table} ORDER BY 1`)
  return {at, tally, letters: await deadLetters(context, at.keys), rows}
}
