import type {Check, Found} from '../../check.ts'
import type {PostgresFacts} from '../facts.ts'
import {unknown} from '../part.ts'
import type {Sequence} from '../read/sequences.ts'
import {percent} from '../words.ts'
import {ofSink} from './sink.ts'

const NEARLY = 0.75

export const SEQUENCES: Check<PostgresFacts> = {
  id: 'postgres.sequences',
  title: 'values that are left in the sequences of the table',
  judge: (facts) =>
    ofSink(facts, 'sequences', (all, table) =>
      all.flatMap((sequence) => judge(sequence, table, facts.server.role)),
    ),
}

function judge({name, column, used}: Sequence, table: string, role: string): Found[] {
  if (used === null) {
    return [
      unknown(`role ${role} may not read sequence ${name}`, `GRANT SELECT ON SEQUENCE ${name} TO ${role}`),
    ]
  }
  if (used <= NEARLY) return []
  return [
    {
      level: 'warning',
      what: `sequence ${name} of column ${column} has used ${percent(used)} of its values`,
      why: 'at its end each insert that needs a value fails',
      fix: `ALTER TABLE ${table} ALTER COLUMN ${column} TYPE bigint; ALTER SEQUENCE ${name} AS bigint -- rewrites the table`,
    },
  ]
}
