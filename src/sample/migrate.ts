import type {ClientBase} from 'pg'
import {migrateLedger} from '../sink/ledger/migrate.ts'
import {makeSampleTables, type SampleResult} from './sample.ts'

export interface MigrateResult {
  /** Names of the steps that were missing. */
  applied: string[]
  /** Null unless the sample tables were asked for. */
  sample: SampleResult | null
}

/** Brings qtool's own schema up to date, and with `sample` makes the sample tables: all of it, or nothing. */
export async function migrate(client: ClientBase, options: {sample: boolean}): Promise<MigrateResult> {
  const {applied, also} = await migrateLedger(client, async () =>
    options.sample ? makeSampleTables(client) : null,
  )
  return {applied, sample: also}
}
