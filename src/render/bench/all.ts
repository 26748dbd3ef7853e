import type {BenchRun} from '../../bench/shape/run.ts'
import {comparisonSheet} from './comparison-sheet.ts'
import {fitColumns} from './fit-columns.ts'
import {allComparisons} from './report.ts'
import {renderRun} from './run.ts'
import {type Signs, UNICODE} from './signs.ts'
import {headline} from './statements.ts'
import {wrap} from './wrap.ts'

/** One run, or those of `bench all`, which start with all verdicts and all documented figures. */
export function renderRuns(runs: BenchRun[], width: number, signs: Signs = UNICODE): string {
  const [only, ...others] = runs
  if (only === undefined) return 'no runs'
  if (others.length === 0) return renderRun(only, width, signs)
  const comparisons = allComparisons(runs)
  const verdicts = runs.map((run) =>
    wrap(signs.write(`${run.state === 'ok' ? signs.ok : signs.bad} ${headline(run)}`), width),
  )
  const line = '-'.repeat(Math.min(width, 80))
  return [
    verdicts.join('\n'),
    ...(comparisons.length === 0
      ? []
      : [`documented vs. measured\n${fitColumns(comparisonSheet(comparisons), width, signs)}`]),
    ...runs.map((run) => `${line}\n\n${renderRun({...run, comparisons: []}, width, signs)}`),
  ].join('\n\n')
}
