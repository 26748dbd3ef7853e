import type {Finding} from '../doctor/check.ts'
import type {Diagnosis} from '../doctor/diagnose.ts'
import type {SetWise} from '../sink/set-wise/judge.ts'
import {escapeLine} from './escape.ts'
import {moment, plural} from './format.ts'
import {PLAIN, type Style} from './style.ts'
import {wrapped} from './wrap.ts'

/** Wider lines are hard to read. */
const WIDEST = 100

/** The verdict, then what was found, the worst first. */
export function renderDiagnosis(
  diagnosis: Diagnosis,
  {width, style = PLAIN}: {width: number; style?: Style},
): string {
  const columns = Math.min(width, WIDEST)
  const known = diagnosis.findings.filter(({level}) => level !== 'unknown')
  return [
    painted(wrapped(headline(diagnosis), {width: columns, first: '', rest: '  '}), diagnosis.level, style),
    ...known.map((finding) => renderFinding(finding, columns, style)),
    renderUnknown(diagnosis.findings, columns),
    renderLosses(diagnosis, columns),
    renderSetWise(diagnosis, columns),
    tally(diagnosis),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function headline(diagnosis: Diagnosis): string {
  const {checks, level, queue, at} = diagnosis
  const where = `queue ${escapeLine(queue)}, ${moment(at)}`
  if (level === 'ok') return `fine: nothing found in ${plural(checks.passed, 'check')} (${where})`
  return `${countWords(diagnosis)} (${where})`
}

/** `1 critical, 2 warnings` */
export function countWords({findings}: Diagnosis): string {
  const of = (level: Finding['level']) => findings.filter((one) => one.level === level).length
  const [critical, warnings] = [of('critical'), of('warning')]
  return [
    ...(critical > 0 ? [`${critical} critical`] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
  ].join(', ')
}

function renderFinding({level, check, what, why, fix}: Finding, width: number, style: Style): string {
  return [
    `${painted(level.toUpperCase(), level, style)}  ${check}`,
    wrapped(escapeLine(what), {width, first: '  ', rest: '  '}),
    wrapped(escapeLine(why), {width, first: '  why  ', rest: '       '}),
    wrapped(escapeLine(fix), {width, first: '  fix  ', rest: '       '}),
  ].join('\n')
}

/** Its severity. */
function painted(text: string, level: Finding['level'] | 'ok', style: Style): string {
  if (level === 'critical' || level === 'warning') return style[level](text)
  return level === 'ok' ? style.good(text) : text
}

function renderUnknown(findings: Finding[], width: number): string {
  const parts = unknownGroups(findings).flatMap(({checks, what, fix}) => [
    wrapped(`${checks}: ${escapeLine(what)}`, {width, first: '  ', rest: '    '}),
    wrapped(escapeLine(fix), {width, first: '    fix  ', rest: '         '}),
  ])
  return parts.length === 0 ? '' : ['could not be checked', ...parts].join('\n')
}

/** Checks that could not be made, those for the same reason together. */
export function unknownGroups(findings: Finding[]): Array<{checks: string; what: string; fix: string}> {
  const groups = new Map<string, Finding[]>()
  for (const one of findings) {
    if (one.level === 'unknown') groups.set(one.what, [...(groups.get(one.what) ?? []), one])
  }
  return [...groups].map(([what, [first, ...more]]) => {
    const checks = more.length === 0 ? first.check : `${first.check} and ${more.length} more`
    return {checks, what, fix: first.fix}
  })
}

function renderLosses({guarantee}: Diagnosis, width: number): string {
  const lines = guarantee.losses.map(({when, lost}) =>
    wrapped(`if ${when}: ${lost}`, {width, first: '  ', rest: '    '}),
  )
  const head = wrapped(`what can be lost (${guarantee.row})`, {width, first: '', rest: '  '})
  return [head, ...lines].join('\n')
}

/** How a worker that connects as this role checks foreign keys. */
function renderSetWise({setWise, setWiseByTable}: Diagnosis, width: number): string {
  const title = 'foreign keys: qtool work checks'
  if (setWise !== null) return linesOf(setWise, `${title} them`, width)
  return Object.entries(setWiseByTable)
    .map(([name, way]) => linesOf(way, `${title} those of ${escapeLine(name)}`, width))
    .join('\n')
}

function linesOf({possible, reasons, grant}: SetWise, title: string, width: number): string {
  const indented = (text: string) => wrapped(escapeLine(text), {width, first: '  ', rest: '    '})
  const way = possible ? 'for a whole lease at once' : 'row by row'
  return [
    wrapped(`${title} ${way}`, {width, first: '', rest: '  '}),
    ...reasons.map(indented),
    ...(grant ? [indented(`for a whole lease at once with ${grant}`)] : []),
  ].join('\n')
}

function tally({checks}: Diagnosis): string {
  const {passed, unknown, notApplicable} = checks
  return `${plural(passed, 'check')} passed, ${unknown} could not be made, ${notApplicable} do not apply here`
}
