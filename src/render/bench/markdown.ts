import type {BenchRun} from '../../bench/shape/run.ts'
import {escapeLine} from '../escape.ts'
import {comparisonSheet} from './comparison-sheet.ts'
import {allComparisons, environmentPairs, environments, REPORT_TITLE, reportSpan} from './report.ts'
import {rowsOf, type SheetColumn} from './sheet.ts'
import {fitWords, headline, ledgerWords, limitWords, parameterWords, runLine} from './statements.ts'
import {stepSheet, stepUnits} from './step-sheet.ts'
import {usageSheet, usageUnits} from './usage-sheet.ts'

/** One run, or all of `bench all`, as a Markdown report that starts with verdicts and documented figures. */
export function renderMarkdown(runs: BenchRun[]): string {
  const comparisons = allComparisons(runs)
  const blocks = [
    `# ${REPORT_TITLE}`,
    reportSpan(runs),
    ...verdicts(runs),
    ...(comparisons.length === 0 ? [] : ['## Documented vs. measured', table(comparisonSheet(comparisons))]),
    ...runs.flatMap((run) => section(run, runs.length > 1 ? [verdict(run)] : [])),
    ...surroundings(runs),
  ]
  return `${blocks.join('\n\n')}\n`
}

function verdicts(runs: BenchRun[]): string[] {
  const lines = runs.map((run) => `- ${mark(run.state === 'ok')} ${bold(headline(run))}${checks(run)}`)
  return lines.length === 0 ? [] : ['## Verdicts', lines.join('\n')]
}

function verdict(run: BenchRun): string {
  return `${mark(run.state === 'ok')} ${escapeMarkdown(run.verdict)}`
}

function checks(run: BenchRun): string {
  return run.checks.map(({ok, text}) => `\n  - ${mark(ok)} ${escapeMarkdown(text)}`).join('')
}

/** @param head - goes above the figures */
function section(run: BenchRun, head: string[]): string[] {
  const {steps, notes, scenario} = run
  const usage = usageSheet(steps)
  const parameters = parameterWords(run.parameters)
  const asked = parameters === '' ? [] : [`parameters: ${parameters}`]
  const lines = [...asked, ...notes].map((note) => `- ${escapeMarkdown(note)}`)
  return [
    `## ${escapeMarkdown(scenario)}`,
    ...head,
    ...(steps.length === 0 ? [] : [`${sentence(stepUnits(steps))}:`, table(stepSheet(steps))]),
    ...(usage === null ? [] : [`${sentence(usageUnits(steps))}:`, table(usage)]),
    ...accounts(run),
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
    `*${escapeMarkdown(runLine(run))}*`,
  ]
}

function accounts({limit, ledger, fit}: BenchRun): string[] {
  return [
    ...(limit === null ? [] : [`**Limited by:** ${escapeMarkdown(limitWords(limit))}`]),
    ...(ledger === null ? [] : [`**Ledger:** ${escapeMarkdown(ledgerWords(ledger))}`]),
    ...(fit === null ? [] : [`**Scaling:** ${escapeMarkdown(fitWords(fit))}`]),
  ]
}

function surroundings(runs: BenchRun[]): string[] {
  const found = environments(runs)
  const lists = found.map((environment) =>
    environmentPairs(environment)
      .map(([name, value]) => `- ${escapeMarkdown(name)}: ${escapeMarkdown(value)}`)
      .join('\n'),
  )
  const several =
    found.length > 1 ? ['These runs come from different environments; their figures cannot be compared.'] : []
  return lists.length === 0 ? [] : ['## Environment', ...several, ...lists]
}

function table(columns: SheetColumn[]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({title, long}) => escapeMarkdown(long ?? title))),
    line(columns.map(({right}) => (right ? '---:' : '---'))),
    ...rowsOf(columns).map((cells) => line(cells.map(escapeMarkdown))),
  ].join('\n')
}

function mark(ok: boolean): string {
  return ok ? '✓' : '✗'
}

function bold(text: string): string {
  return `**${escapeMarkdown(text)}**`
}

function sentence(text: string): string {
  return escapeMarkdown(text.charAt(0).toUpperCase() + text.slice(1))
}

/** Keeps text from becoming a tag, a link, emphasis, a new cell or a new line. */
function escapeMarkdown(text: string): string {
  return escapeLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]|~#]/g, '\\$&')
}
