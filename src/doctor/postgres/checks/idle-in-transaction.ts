import type {Check} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {age} from '../words.ts'
import {eachSession, sessionText} from './sessions.ts'

const LONG_MS = 5 * 60_000

export const IDLE_IN_TRANSACTION: Check<PostgresFacts> = {
  id: 'postgres.idle-in-transaction',
  title: 'transactions that nobody continues',
  judge: (facts) =>
    eachSession(facts, (session) =>
      !session.isIdle || session.ms <= LONG_MS
        ? []
        : [
            {
              level: 'warning',
              what: `${sessionText(session)} has been idle in a transaction for ${age(session.ms)}`,
              why: 'its locks stay, and vacuum cannot remove rows that died since it began',
              fix: `SELECT pg_terminate_backend(${session.pid}), or set idle_in_transaction_session_timeout for its role`,
            },
          ],
    ),
}
