import type {PoolClient} from 'pg'
import {conflictIn} from '../config/conflict.ts'
import {recordMapping} from '../config/mapping/mapping.ts'
import {MAX_ITEM_BYTES} from '../json/item.ts'
import {otherTable} from '../queue/binding.ts'
import {isSameTable} from '../sink/catalog/catalog.ts'
import {openSinks} from '../sink/open-sinks.ts'
import type {SinkOptions} from '../sink/sink.ts'
import type {Sinks} from '../sink/sinks.ts'
import type {Context} from './context.ts'
import type {FoundLetters} from './find-letters.ts'

/** How records are read when Postgres is asked about them. */
export interface SinkInput {
  strict: boolean
  'allow-special-values': boolean
  'max-bytes': number
}

/** How records are read where nobody says it: as `qtool work` does without flags. */
export const USUAL_SINK: SinkInput = {
  strict: false,
  'allow-special-values': false,
  'max-bytes': MAX_ITEM_BYTES,
}

/**
 * Lends the tables that the queue drains into, for statements that are rolled back: triggers run nevertheless, so
 * whoever may not write is refused.
 * @throws QtoolError (usage) if another table was named, (refused) if the actor may not write
 */
export async function withBoundSinks<R>(
  {actor, queue, withPostgres}: Context,
  {mapping, binding}: FoundLetters,
  input: SinkInput,
  use: (client: PoolClient, sinks: Sinks) => Promise<R>,
): Promise<R> {
  actor.assertMayTry()
  return withPostgres({max: 1}, async (pool) => {
    const client = await pool.connect()
    try {
      // Before the mapping is checked, which would be against the columns of the wrong table
      await assertBoundTable(client, queue.name, {mapping, binding})
      return await use(client, await openSinks(client, sinkOptions({mapping, binding}, input)))
    } finally {
      client.release()
    }
  })
}

/** The table of a mapping, and how records become its rows. */
export function sinkOptions(
  {mapping, binding}: Pick<FoundLetters, 'mapping' | 'binding'>,
  input: SinkInput,
): SinkOptions {
  return {
    table: mapping.table.value,
    ...conflictIn(binding ?? {}),
    ...recordMapping(mapping),
    payload: mapping.payload.value,
    records: mapping.records.value,
    strict: input.strict,
    allowSpecialValues: input['allow-special-values'],
    maxItemBytes: input['max-bytes'],
  }
}

/** A table that was renamed or dropped does not equal itself; that it is gone is reported later. */
export async function assertBoundTable(
  client: PoolClient,
  queue: string,
  {mapping, binding}: Pick<FoundLetters, 'mapping' | 'binding'>,
): Promise<void> {
  if (!binding || mapping.table.source === 'binding') return
  const named = mapping.table.value
  if (mapping.routes && binding.routes) return
  if (mapping.routes || binding.routes) throw otherTable(queue, {bound: binding.table, named})
  if (await isSameTable(client, binding.table, named)) return
  throw otherTable(queue, {bound: binding.table, named})
}
