import {type ClientBase, DatabaseError} from 'pg'

/** The outcome of a statement that may fail without ending its transaction. */
export type Outcome<T> = {value: T; error?: undefined} | {error: DatabaseError}

const BACK = 'ROLLBACK TO SAVEPOINT qtool; RELEASE SAVEPOINT qtool'

/**
 * Runs `work` inside a savepoint, so that the transaction goes on whatever Postgres answers.
 * @param keeps whether what `work` did stays, by the value it returned
 * @throws any error that is not from Postgres, which means that the connection is gone
 */
export async function attempt<T>(
  client: ClientBase,
  work: () => Promise<T>,
  keeps: (value: T) => boolean = () => true,
): Promise<Outcome<T>> {
  await client.query('SAVEPOINT qtool')
  try {
    const value = await work()
    await client.query(keeps(value) ? 'RELEASE SAVEPOINT qtool' : BACK)
    return {value}
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    await client.query(BACK)
    return {error}
  }
}

/** Like `attempt`, but rolls back what `work` did even if it succeeded. */
export function rehearse<T>(client: ClientBase, work: () => Promise<T>): Promise<Outcome<T>> {
  return attempt(client, work, () => false)
}
