import type {SetWise} from '../sink/set-wise/judge.ts'
import type {Finding} from './check.ts'
import {CHECKS, type PartCheck} from './checks.ts'
import type {Facts} from './facts.ts'
import {type Guarantee, guaranteeOf} from './guarantee.ts'
import {keepingOf} from './keeping.ts'
import {setWiseOf} from './postgres/set-wise.ts'
import type {Unread} from './unread.ts'

/** What the doctor says of the facts. */
export interface Diagnosis {
  queue: string
  /** When the facts were read: RFC 3339, by the clock of the host that read them. */
  at: string
  host: string
  /** The worst level of the findings; checks that could not be made do not count. */
  level: 'ok' | 'warning' | 'critical'
  /** Critical ones first, then warnings, then checks that could not be made. */
  findings: Finding[]
  checks: {passed: number; warning: number; critical: number; unknown: number; notApplicable: number}
  /** What can be lost when a server dies. */
  guarantee: Guarantee
  /** Whether the foreign keys of a table can be checked for a whole lease at once; null if it has none, or there are several tables. */
  setWise: SetWise | null
  /** The same for each table that has foreign keys. */
  setWiseByTable: Record<string, SetWise>
}

const ORDER: Array<Finding['level']> = ['critical', 'warning', 'unknown']

/** Judges facts, which may have been read elsewhere. */
export function diagnose(facts: Facts): Diagnosis {
  const results = CHECKS.map((check) => ({check, found: findingsOf(check, facts)}))
  const findings = results.flatMap(({found}) => found ?? [])
  findings.sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level))
  const count = (level: Finding['level']) =>
    results.filter(({found}) => worstOf(found ?? []) === level).length
  const [worst] = findings
  const setWiseByTable = setWiseOf(facts.postgres)
  return {
    queue: facts.qtool.queue,
    at: facts.madeAt,
    host: facts.host.name,
    level: worst === undefined || worst.level === 'unknown' ? 'ok' : worst.level,
    findings,
    checks: {
      passed: results.filter(({found}) => found?.length === 0).length,
      critical: count('critical'),
      warning: count('warning'),
      unknown: count('unknown'),
      notApplicable: results.filter(({found}) => found === null).length,
    },
    guarantee: guaranteeOf(keepingOf(facts)),
    setWise: facts.postgres?.otherSinks?.length ? null : (Object.values(setWiseByTable)[0] ?? null),
    setWiseByTable,
  }
}

function worstOf(findings: Finding[]): Finding['level'] | undefined {
  return ORDER.find((level) => findings.some((one) => one.level === level))
}

/** Null if there is nothing here that the check is about. */
function findingsOf({id, title, part, judge}: PartCheck, facts: Facts): Finding[] | null {
  const found = judge(facts)
  if (found !== null) return found.map((one) => ({check: id, ...one}))
  const why = unreadPart(facts, part)
  if (!why) return null
  return [{check: id, level: 'unknown', what: why.reason, why: `not checked: ${title}`, fix: why.fix}]
}

/** Why a part is not there: a reason of its own, or that of the server. */
function unreadPart({unread}: Facts, part: string): Unread | undefined {
  return unread[part] ?? unread[part.split('.')[0]]
}
