import {type ClientBase, DatabaseError, type Pool} from 'pg'

/**
 * Asks whether a transaction may write: not on a standby, and not where the role or the database says so.
 * @throws DatabaseError 25006 where it may not, as a write would
 */
export async function assertTakesWrites(database: ClientBase | Pool): Promise<void> {
  const {rows} = await database.query<{mode: string}>(
    `SELECT current_setting('transaction_read_only') AS mode`,
  )
  if (rows[0].mode === 'off') return
  const error = new DatabaseError('transactions are read-only here', 0, 'error')
  error.code = '25006'
  throw error
}
