import type {Check, Found} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {ifRead} from '../part.ts'
import type {SinkFacts} from '../read/sink.ts'
import {sinksOf} from './sink.ts'

/** Kinds of `pg_class`: tables, those in partitions, views, and those of other servers. */
const TAKE_ROWS = ['r', 'p', 'v', 'f']

export const TABLE: Check<PostgresFacts> = {
  id: 'postgres.table',
  title: 'the table exists and takes rows',
  judge: (facts) => sinksOf(facts).flatMap((sink) => judge(sink, facts.server)),
}

function judge({table}: SinkFacts, server: PostgresFacts['server']): Found[] {
  return ifRead(table, ({oid, name, kind, mayInsert}) => {
    const why = 'workers stop, and their items stay in the queue'
    if (oid === 0) {
      const what = `table ${name} does not exist in database ${server.database}`
      return [{level: 'critical', what, why, fix: 'create it, or name another one with --table'}]
    }
    if (!TAKE_ROWS.includes(kind)) {
      const what = `${name} is not a table`
      return [
        {level: 'critical', what, why, fix: 'name a table, or a view that takes an INSERT, with --table'},
      ]
    }
    if (mayInsert) return []
    const what = `role ${server.role} may not insert into ${name}`
    return [{level: 'critical', what, why, fix: `GRANT INSERT ON ${name} TO ${server.role}`}]
  })
}
