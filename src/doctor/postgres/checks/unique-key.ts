import type {Check, Found} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {unknown} from '../part.ts'
import type {SinkFacts} from '../read/sink.ts'
import {ofTable, sinksOf} from './sink.ts'

export const UNIQUE_KEY: Check<PostgresFacts> = {
  id: 'postgres.unique-key',
  title: 'a unique key of the table',
  judge: (facts) => sinksOf(facts).flatMap(judge),
}

function judge(sink: SinkFacts): Found[] {
  const {kind, name} = sink.table.value ?? {}
  if (kind === 'v' || kind === 'f') {
    const what = `the keys of ${kind === 'v' ? 'the view' : 'the foreign table'} ${name} are those of another table`
    return [unknown(what, 'name that table with --table')]
  }
  return ofTable(sink, 'keys', ({isUnique}, table) =>
    isUnique
      ? []
      : [
          {
            level: 'warning',
            what: `${table} has no unique key over what records give`,
            why: 'a record that a producer sends twice, or that Redis hands out again after it forgot a second, becomes two rows',
            fix: `ALTER TABLE ${table} ADD UNIQUE with the columns that identify a record`,
          },
        ],
  )
}
