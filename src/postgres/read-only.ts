import {type ClientBase, DatabaseError, type Pool} from 'pg'

/**
 * Checks that a transaction may write: it may not on a standby, or if the role or the database is set to read-only.
 * @throws DatabaseError 25006 if it may not, as a write would
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
