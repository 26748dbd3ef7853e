import type {Limit} from '../../bench/shape/findings.ts'
import type {BenchRun} from '../../bench/shape/run.ts'
import {comparisonSheet} from './comparison-sheet.ts'
import {fitColumns} from './fit-columns.ts'
import {type Signs, UNICODE} from './signs.ts'
import {fitWords, headline, ledgerWords, limitWords, parameterWords, runLine} from './statements.ts'
import {stepSheet, stepUnits} from './step-sheet.ts'
import {usageSheet, usageUnits} from './usage-sheet.ts'
import {flow, wrap} from './wrap.ts'

/** One run for the terminal: the verdict, then the figures, then what explains them. */
export function renderRun(run: BenchRun, width: number, signs: Signs = UNICODE): string {
  const blocks = [
    verdict(run, width, signs),
    run.steps.length === 0
      ? []
      : block(stepUnits(run.steps), fitColumns(stepSheet(run.steps), width, signs), width),
    usage(run, width, signs),
    accounts(run, width, signs),
    comparisons(run, width, signs),
    notes(run, width, signs),
    [wrap(signs.write(runLine(run)), width)],
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function verdict(run: BenchRun, width: number, signs: Signs): string[] {
  const mark = (ok: boolean) => (ok ? signs.ok : signs.bad)
  const head = wrap(signs.write(`${mark(run.state === 'ok')} ${headline(run)}`), width)
  const checks = run.checks.map(({ok, text}) => signs.write(`${mark(ok)} ${text}`))
  return checks.length === 0 ? [head] : [head, flow(checks, width)]
}

function usage({steps}: BenchRun, width: number, signs: Signs): string[] {
  const sheet = usageSheet(steps)
  return sheet === null ? [] : block(usageUnits(steps), fitColumns(sheet, width, signs), width)
}

/** The limit, the ledger and the scaling. */
function accounts({limit, ledger, fit}: BenchRun, width: number, signs: Signs): string[] {
  const lines = [
    ...(limit === null ? [] : limitLines(limit, width)),
    ...(ledger === null ? [] : [`ledger: ${ledgerWords(ledger)}`]),
    ...(fit === null ? [] : [`scaling: ${fitWords(fit)}`]),
  ]
  return lines.map((line) => wrap(signs.write(line), width))
}

/** Puts the evidence on the same line if it fits, else on a line for each piece. */
function limitLines(limit: Limit, width: number): string[] {
  const line = `limited by: ${limitWords(limit)}`
  return line.length <= width
    ? [line]
    : [`limited by: ${limit.what}`, ...limit.evidence.map((one) => `- ${one}`)]
}

function comparisons(run: BenchRun, width: number, signs: Signs): string[] {
  if (run.comparisons.length === 0) return []
  return block('documented vs. measured', fitColumns(comparisonSheet(run.comparisons), width, signs), width)
}

function notes(run: BenchRun, width: number, signs: Signs): string[] {
  const parameters = parameterWords(run.parameters)
  const lines = [...(parameters === '' ? [] : [`parameters: ${parameters}`]), ...run.notes]
  return lines.map((line) => wrap(signs.write(`- ${line}`), width))
}

function block(title: string, text: string, width: number): string[] {
  return [wrap(title, width), text]
}
