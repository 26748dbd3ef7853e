import type {ClientBase} from 'pg'

/** The oldest transaction ids of the server, of which Postgres can tell 2 ** 31 apart. */
export interface TransactionIds {
  /** The database whose ids are the oldest. */
  database: string
  /** Age in ids of transactions or of multixacts, whichever is older. */
  age: number
}

const OLDEST = `
SELECT datname::text AS database, GREATEST(age(datfrozenxid), mxid_age(datminmxid))::float8 AS age
FROM pg_database ORDER BY 2 DESC LIMIT 1`

export async function readTransactionIds(client: ClientBase): Promise<TransactionIds> {
  return (await client.query<TransactionIds>(OLDEST)).rows[0]
}
