import {QtoolError} from '../../errors.ts'

/** A relation as the catalog describes it. */
interface Relation {
  schema: string
  name: string
  /** `relkind` of pg_class. */
  kind: string
  /** Whether an INSERT can work: a view needs to be simple, or an INSTEAD OF trigger. */
  takes_rows: boolean
}

const OTHER_KINDS: Record<string, string> = {
  m: 'a materialized view',
  S: 'a sequence',
  i: 'an index',
  I: 'an index',
  c: 'a type',
  t: 'a table of the system',
}

/** @throws QtoolError (usage) for a relation that records cannot be written into, or must not */
export function assertTarget({schema, name, kind, takes_rows: takesRows}: Relation): void {
  const what = notFor(schema) ?? OTHER_KINDS[kind] ?? (takesRows ? undefined : 'a view that takes no rows')
  if (what === undefined) return
  throw new QtoolError(`${schema}.${name} is ${what}, and records cannot be written into it`, {
    code: 'NO_TARGET',
    kind: 'usage',
    suggestions: ['name a table, or a view that takes an INSERT, with --table schema.table'],
  })
}

function notFor(schema: string): string | undefined {
  if (schema === 'qtool') return 'a table of qtool itself'
  return ['pg_catalog', 'information_schema', 'pg_toast'].includes(schema)
    ? 'a table of the system'
    : undefined
}
