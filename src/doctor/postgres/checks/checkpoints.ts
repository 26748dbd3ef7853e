import type {Check} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {ifRead} from '../part.ts'
import {count} from '../words.ts'

const MANY = 0.5

/** Fewer checkpoints say nothing. */
const SAMPLE = 10

export const CHECKPOINTS: Check<PostgresFacts> = {
  id: 'postgres.checkpoints',
  title: 'checkpoints that are forced',
  judge: ({server, checkpoints}) =>
    ifRead(checkpoints, ({timed, forced}) => {
      const all = timed + forced
      if (all < SAMPLE || forced <= all * MANY) return []
      return [
        {
          level: 'warning',
          what: `${count(forced)} of ${count(all)} checkpoints were forced, most of them before their time`,
          why: 'each writes all changed pages at once, and the WAL grows by whole pages after it',
          fix: `raise max_wal_size, now ${server.settings.max_wal_size ?? 'unknown'}: ALTER SYSTEM SET max_wal_size = '8GB'; SELECT pg_reload_conf()`,
        },
      ]
    }),
}
