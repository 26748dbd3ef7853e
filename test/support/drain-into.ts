import type {SinkOptions} from '../../src/sink/sink.ts'
import type {DrainOptions} from '../../src/worker/drain.ts'
import type {Tally} from '../../src/worker/tally.ts'
import {deadLetters, drainAll, push, type TestContext, testSink} from './context.ts'

export interface Drained {
  at: ReturnType<TestContext['newQueue']>
  tally: Tally
  letters: Array<Record<string, unknown>>
  /** The whole table, ordered by its first column. */
  rows: Array<Record<string, unknown>>
}

/** Drains records (objects, or their exact texts) into a table with one worker, and returns the outcome. */
export async function drainInto(
  context: TestContext,
  table: string,
  records: unknown[],
  options: {
    sink?: Partial<SinkOptions>
    drain?: Partial<DrainOptions>
    careful?: boolean
    opened?: () => Promise<unknown>
  } = {},
): Promise<Drained> {
  const at = context.newQueue()
  const texts = records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record)))
  await push(context, at.keys, texts)
  const sink = await testSink(context, table, options.sink)
  if (options.careful) sink.carefulLeft = Number.POSITIVE_INFINITY
  await options.opened?.()
  const tally = await drainAll(context, sink, at, {workers: 1, ...options.drain})
  const {rows} = await context.pool.query(`SELECT * FROM ${table} ORDER BY 1`)
  return {at, tally, letters: await deadLetters(context, at.keys), rows}
}
