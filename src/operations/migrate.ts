import {type MigrateResult, migrate as migrateDatabase} from '../sample/migrate.ts'
import type {Caller} from './context.ts'

/** Creates or updates qtool's own tables, and the sample tables if they are wanted. */
export async function migrate(caller: Caller, options: {sample: boolean}): Promise<MigrateResult> {
  caller.actor.assertMayWrite()
  return caller.withPostgres({max: 1}, async (pool) => {
    const client = await pool.connect()
    return migrateDatabase(client, options).finally(() => client.release())
  })
}
