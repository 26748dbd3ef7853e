import type {Check} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {ofSink} from './sink.ts'

export const CHILD_INDEX: Check<PostgresFacts> = {
  id: 'postgres.child-index',
  title: 'indexes of the tables that refer to the table',
  judge: (facts) =>
    ofSink(facts, 'keys', ({children}, table) =>
      children
        .filter(({isIndexed}) => !isIndexed)
        .map(({child, name, columns}) => ({
          level: 'warning' as const,
          what: `no index of ${child} begins with ${columns.join(', ')}, by which its foreign key ${name} refers to ${table}`,
          why: `each row that is deleted from ${table}, or whose key changes, reads the whole of ${child}`,
          fix: `CREATE INDEX CONCURRENTLY ON ${child} (${columns.join(', ')})`,
        })),
    ),
}
