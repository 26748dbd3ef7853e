import type {Check} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {ifRead} from '../part.ts'
import {age, plural} from '../words.ts'

/** Deadlocks a minute. */
const MANY = 5

const MINUTE_MS = 60_000

export const DEADLOCKS: Check<PostgresFacts> = {
  id: 'postgres.deadlocks',
  title: 'deadlocks',
  judge: ({server, activity}) =>
    ifRead(activity, ({deadlocks, sinceMs}) => {
      if (sinceMs === null) return []
      // In the first minute, what there was counts as a minute's
      const perMinute = deadlocks / Math.max(1, sinceMs / MINUTE_MS)
      if (perMinute <= MANY) return []
      return [
        {
          level: 'warning',
          what: `${plural(deadlocks, 'deadlock')} in database ${server.database} within ${age(sinceMs)}, more than ${MANY} a minute`,
          why: 'each costs deadlock_timeout and a transaction, and a lease that meets one is tried again',
          fix: 'the server log names both statements: let them take their rows in the same order',
        },
      ]
    }),
}
