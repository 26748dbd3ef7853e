import type {Check, Found} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import type {ParentKey} from '../read/keys.ts'
import {ofSink} from './sink.ts'

export const PARENT_LOOKUP: Check<PostgresFacts> = {
  id: 'postgres.parent-lookup',
  title: 'how the parents of records are looked up',
  judge: (facts) =>
    ofSink(facts, 'keys', ({parents}) => parents.flatMap((key) => judge(key, facts.server.role))),
}

function judge({name, parent, mayRead, hidesRows, isIndexed}: ParentKey, role: string): Found[] {
  if (!isIndexed) {
    return [
      {
        level: 'critical',
        what: `the index of ${parent} that foreign key ${name} needs is not valid`,
        why: `Postgres reads the whole of ${parent} for each record`,
        fix: `REINDEX TABLE CONCURRENTLY ${parent}`,
      },
    ]
  }
  if (mayRead && !hidesRows) return []
  const why =
    'qtool cannot ask which parents are missing, and tries the records of a lease that fails one by one'
  const what = mayRead
    ? `row security may hide rows of ${parent}, to which foreign key ${name} refers`
    : `role ${role} may not read ${parent}, to which foreign key ${name} refers`
  const fix = mayRead
    ? `nothing, if few parents are missing; else drop the row security of ${parent}`
    : `GRANT SELECT ON ${parent} TO ${role}`
  return [{level: 'warning', what, why, fix}]
}
