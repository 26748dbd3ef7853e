import type {Finding} from '../doctor/check.ts'
import type {Diagnosis} from '../doctor/diagnose.ts'
import {countWords, unknownGroups} from './doctor.ts'
import type {ErrorView} from './error.ts'
import {escapeLine} from './escape.ts'

const STATES = {ok: 'OK', warning: 'WARNING', critical: 'CRITICAL'}

/** One line with the state and its figures, then one line for each finding, as Nagios and its kin read them. */
export function renderNagios(diagnosis: Diagnosis): string {
  const {level, checks, findings} = diagnosis
  const [worst] = findings
  const known = findings.filter(({level}) => level !== 'unknown')
  const words = level === 'ok' ? 'nothing found' : `${countWords(diagnosis)}: ${worst.what}`
  const figures = [
    `critical=${checks.critical};;0`,
    `warning=${checks.warning};0`,
    `unknown=${checks.unknown}`,
    `passed=${checks.passed}`,
  ].join(' ')
  return [
    `QTOOL ${STATES[level]} - ${oneLine(words)} | ${figures}`,
    ...known.map(({level, check, what, fix}) => detail(level, check, {what, fix})),
    ...unknownGroups(findings).map(({checks, what, fix}) => detail('unknown', checks, {what, fix})),
  ].join('\n')
}

function detail(level: string, check: string, {what, fix}: Pick<Finding, 'what' | 'fix'>): string {
  return `${level.toUpperCase()} ${check}: ${oneLine(what)}; fix: ${oneLine(fix)}`
}

/** What Nagios is told if nothing could be examined. */
export function renderNagiosError({message, suggestions}: ErrorView): string {
  return [`QTOOL UNKNOWN - ${oneLine(message)}`, ...suggestions.map(oneLine)].join('\n')
}

/** A vertical bar begins the figures. */
function oneLine(text: string): string {
  return escapeLine(text).replaceAll('|', '/')
}

/** For the text file collector of Prometheus's node exporter. */
export function renderPrometheus({queue, at, findings, checks, guarantee}: Diagnosis): string {
  const {redisDurability, failover, postgresDurability} = guarantee
  const results = (['passed', 'warning', 'critical', 'unknown'] as const).map((result) =>
    sample('qtool_doctor_checks', {queue, result}, checks[result]),
  )
  const durability = {
    queue,
    redis_durability: redisDurability,
    failover,
    postgres_durability: postgresDurability,
  }
  return [
    ...family('qtool_doctor_findings', 'What qtool doctor found, by check and level.'),
    ...byCheck(findings).map(([{check, level}, count]) =>
      sample('qtool_doctor_findings', {queue, check, level}, count),
    ),
    ...family('qtool_doctor_checks', 'Checks of qtool doctor by their result.'),
    ...results,
    ...family('qtool_guarantee_info', 'What decides how much can be lost; see docs/guarantees.md.'),
    sample('qtool_guarantee_info', durability, 1),
    ...family('qtool_doctor_timestamp_seconds', 'When qtool doctor read the servers.'),
    sample('qtool_doctor_timestamp_seconds', {queue}, Date.parse(at) / 1000),
  ].join('\n')
}

/** A check may find several things of one level, but a series may occur only once. */
function byCheck(findings: Finding[]): Array<[Finding, number]> {
  const counted = new Map<string, [Finding, number]>()
  for (const one of findings) {
    const key = `${one.check} ${one.level}`
    counted.set(key, [one, (counted.get(key)?.[1] ?? 0) + 1])
  }
  return [...counted.values()]
}

function family(name: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`]
}

function sample(name: string, labels: Record<string, string>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
  return `${name}{${pairs.join(',')}} ${value}`
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
