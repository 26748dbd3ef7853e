import type {PostgresFacts} from './facts.ts'
import type {EnforcedKey, SetWiseFacts} from './read/set-wise.ts'

/** Whether the foreign keys of the sink can be checked for a whole lease at once, in place of row by row. */
export interface SetWise {
  /** The table allows it, and this role may. */
  possible: boolean
  /** Why not; empty if it is possible. */
  reasons: string[]
  /** The grants that this role lacks, as SQL; null if it lacks none, or if none would help. */
  grant: string | null
}

/**
 * Judges whether one statement that locks the parents of a lease can stand in for the triggers of the foreign keys,
 * which session_replication_role = replica silences, along with whatever else does not run then.
 */
export function judgeSetWise({server, sink}: PostgresFacts): SetWise {
  const {table, setWise} = sink
  if (table.reason !== undefined) return no([table.reason])
  if (table.value.oid === 0) return no([`table ${table.value.name} does not exist`])
  if (setWise.reason !== undefined) return no([setWise.reason])
  const obstacles = [
    ...ofTable(table.value.kind, setWise.value),
    ...setWise.value.keys.flatMap(ofKey),
    ...ofIsolation(server.settings.default_transaction_isolation),
  ]
  const {reasons, grants} = ofRights(server, setWise.value)
  const all = [...obstacles, ...reasons]
  const wouldHelp = obstacles.length === 0 && grants.length === reasons.length && grants.length > 0
  return {possible: all.length === 0, reasons: all, grant: wouldHelp ? [...new Set(grants)].join('; ') : null}
}

/** The same of a table that is known and has foreign keys; null of others, where there is nothing to check. */
export function setWiseOf(facts: PostgresFacts | null): SetWise | null {
  const keys = facts?.sink.setWise.value?.keys ?? []
  return facts !== null && keys.length > 0 ? judgeSetWise(facts) : null
}

function no(reasons: string[]): SetWise {
  return {possible: false, reasons, grant: null}
}

function ofTable(kind: string, {keys, reactions, hasDeferrableKey}: SetWiseFacts): string[] {
  if (kind !== 'r' && kind !== 'p') return ['it is not a table of this database']
  return [
    ...(keys.length === 0 ? ['it has no foreign key that Postgres enforces'] : []),
    ...(hasDeferrableKey ? ['a deferrable key is checked by a trigger, which would be silenced'] : []),
    ...reactions.flatMap(({name, isAlways, isBefore}) => {
      if (!isAlways) return [`${name} would not run as it does now: it is not ENABLE ALWAYS`]
      return isBefore ? [`${name} may change a record after its parents were looked up`] : []
    }),
  ]
}

function ofKey({name, parent, ...key}: EnforcedKey): string[] {
  const obstacles: Array<[boolean, string]> = [
    [key.isSelf, 'refers to the table itself, whose rows the lease may add'],
    [key.isMatchFull, 'is MATCH FULL'],
    [key.isPeriod, 'is over a period'],
    [key.isGenerated, 'has a column that is generated'],
    [key.hasPartitions, `refers to ${parent}, which has partitions or heirs`],
    [key.hidesRows, `refers to ${parent}, whose row security may hide parents`],
  ]
  return obstacles.flatMap(([applies, text]) => (applies ? [`foreign key ${name} ${text}`] : []))
}

function ofIsolation(isolation = ''): string[] {
  return isolation === 'read committed' ? [] : [`transactions are ${isolation}, not read committed`]
}

/** Rights that are missing; a grant for each reason that one can mend. */
function ofRights(
  {role, major}: PostgresFacts['server'],
  {keys, maySet}: SetWiseFacts,
): {reasons: string[]; grants: string[]} {
  const locks = keys.filter(({mayLock}) => !mayLock)
  const reasons = locks.map(
    ({parent}) => `role ${role} may not lock rows of ${parent}, which takes SELECT and UPDATE`,
  )
  const grants = locks.map(({parent}) => `GRANT SELECT, UPDATE ON ${parent} TO ${role}`)
  if (maySet) return {reasons, grants}
  if (major < 15) {
    return {
      reasons: [...reasons, 'before Postgres 15 only superusers may set session_replication_role'],
      grants,
    }
  }
  return {
    reasons: [...reasons, `role ${role} may not set session_replication_role`],
    grants: [...grants, `GRANT SET ON PARAMETER session_replication_role TO ${role}`],
  }
}
