import type {Check} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {age} from '../words.ts'
import {eachSession, sessionText} from './sessions.ts'

const LONG_MS = 2 * 60_000

export const LONG_QUERIES: Check<PostgresFacts> = {
  id: 'postgres.long-queries',
  title: 'statements that run for minutes',
  judge: (facts) =>
    eachSession(facts, (session) =>
      session.isIdle || session.ms <= LONG_MS
        ? []
        : [
            {
              level: 'warning',
              what: `${sessionText(session)} has run one statement for ${age(session.ms)}`,
              why: 'its locks stay, and vacuum cannot remove rows that died since it began',
              fix: `SELECT pg_cancel_backend(${session.pid}), or set statement_timeout for its role`,
            },
          ],
    ),
}
