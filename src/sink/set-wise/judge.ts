import type {EnforcedKey, SetWiseFacts} from './facts.ts'

/** Whether the foreign keys of a table can be checked for a whole lease at once, instead of row by row. */
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
export function judgeSetWise(facts: SetWiseFacts): SetWise {
  const obstacles = [...ofTable(facts), ...facts.keys.flatMap(ofKey), ...ofSession(facts)]
  const {reasons, grants} = ofRights(facts)
  const all = [...obstacles, ...reasons]
  const wouldHelp = obstacles.length === 0 && grants.length === reasons.length && grants.length > 0
  return {possible: all.length === 0, reasons: all, grant: wouldHelp ? [...new Set(grants)].join('; ') : null}
}

function ofTable({takesCopy, keys, reactions, hasDeferrableKey, calls}: SetWiseFacts): string[] {
  return [
    ...(takesCopy ? [] : ['it is not a table that COPY writes into, or it has rules or row security']),
    ...(keys.length === 0 ? ['it has no foreign key that Postgres enforces'] : []),
    ...(hasDeferrableKey ? ['a deferrable key is checked by a trigger, which would be silenced'] : []),
    ...reactions.map(
      (name) => `trigger ${name} reacts to what is written, and it or what it calls would be silenced`,
    ),
    ...calls.map(
      (name) => `function ${name} of a default or check is volatile: what it writes would not be checked`,
    ),
  ]
}

function ofKey({name, parent, ...key}: EnforcedKey): string[] {
  const obstacles: Array<[boolean, string]> = [
    [key.isSelf, 'refers to the table itself, whose rows the lease may add'],
    [key.isMatchFull, 'is MATCH FULL'],
    [key.isPeriod, 'is over a period'],
    [key.isComputed, 'has a column that only Postgres fills'],
    [key.isOfPartition, 'is declared on a partition alone'],
    [key.hidesRows, `refers to ${parent}, whose row security may hide parents`],
  ]
  return obstacles.flatMap(([applies, text]) => (applies ? [`foreign key ${name} ${text}`] : []))
}

function ofSession({isolation, replicationRole}: SetWiseFacts): string[] {
  return [
    ...(isolation === 'read committed' ? [] : [`transactions are ${isolation}, not read committed`]),
    ...(replicationRole === 'origin'
      ? []
      : [`session_replication_role is ${replicationRole} already, not origin`]),
  ]
}

/** Rights that are missing; a grant for each reason that a grant can remove. */
function ofRights({role, major, keys, maySet}: SetWiseFacts): {reasons: string[]; grants: string[]} {
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
