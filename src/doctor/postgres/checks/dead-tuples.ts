import type {Check, Found} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import type {Storage} from '../read/storage.ts'
import {age, count} from '../words.ts'
import {ofSink} from './sink.ts'

/** How long autovacuum may be late, ms. */
const LATE_MS = 10 * 3_600_000

export const DEAD_TUPLES: Check<PostgresFacts> = {
  id: 'postgres.dead-tuples',
  title: 'dead rows of the table are removed',
  judge: (facts) => ofSink(facts, 'storage', (tables) => tables.flatMap(judge)),
}

/** How late autovacuum is with a table that was never vacuumed is not known. */
function judge({name, dead, deadLimit, isVacuumed, vacuumedMs}: Storage): Found[] {
  if (dead <= deadLimit || (isVacuumed && (vacuumedMs ?? 0) <= LATE_MS)) return []
  const since = isVacuumed ? `and no vacuum for ${age(vacuumedMs ?? 0)}` : 'and autovacuum is off'
  return [
    {
      level: 'warning',
      what: `${name} has ${count(dead)} dead rows, more than the ${count(deadLimit)} at which autovacuum starts, ${since}`,
      why: 'the table grows, and reading it takes longer',
      fix: isVacuumed
        ? `VACUUM (VERBOSE) ${name}, which says what keeps it`
        : `ALTER TABLE ${name} SET (autovacuum_enabled = true), and autovacuum = on`,
    },
  ]
}
