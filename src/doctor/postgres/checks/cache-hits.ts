import type {Check} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {ifRead} from '../part.ts'
import {count, percent} from '../words.ts'

const ENOUGH = 0.98

/** Pages; fewer say nothing, for example after a restart with an empty cache. */
const SAMPLE = 100_000

export const CACHE_HITS: Check<PostgresFacts> = {
  id: 'postgres.cache-hits',
  title: 'pages that are found in the cache',
  judge: ({server, activity}) =>
    ifRead(activity, ({hits, reads}) => {
      const all = hits + reads
      if (all < SAMPLE || hits >= all * ENOUGH) return []
      return [
        {
          level: 'warning',
          what: `${percent(hits / all)} of the ${count(all)} pages that database ${server.database} used were in the cache of Postgres, less than ${percent(ENOUGH)}`,
          why: 'unique keys and parents are looked up for each record, and each page that is missing has to be read',
          fix: 'raise shared_buffers to a quarter of the memory (restart), or look for statements that read whole tables',
        },
      ]
    }),
}
