import type {Check} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {ifRead} from '../part.ts'
import {count, percent} from '../words.ts'

const MANY = 0.1

/** Fewer transactions say nothing. */
const SAMPLE = 1000

export const ROLLBACKS: Check<PostgresFacts> = {
  id: 'postgres.rollbacks',
  title: 'transactions that are rolled back',
  judge: ({server, activity}) =>
    ifRead(activity, ({commits, rollbacks}) => {
      const all = commits + rollbacks
      if (all < SAMPLE || rollbacks <= all * MANY) return []
      return [
        {
          level: 'warning',
          what: `${percent(rollbacks / all)} of the ${count(all)} transactions in database ${server.database} were rolled back`,
          why: 'their work was done in vain; often one kind of statement fails again and again',
          fix: 'find the errors in the server log; after mending them, SELECT pg_stat_reset() begins to count anew',
        },
      ]
    }),
}
