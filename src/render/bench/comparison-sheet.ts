import type {Comparison} from '../../bench/shape/findings.ts'
import {ABSENT, shortFigure, times} from './figures.ts'
import type {SheetColumn} from './sheet.ts'

/** The documented figures beside the measured ones. */
export function comparisonSheet(comparisons: Comparison[]): SheetColumn[] {
  return [
    {title: 'measure', least: 16, cells: comparisons.map((comparison) => comparison.measure)},
    {
      title: 'documented',
      right: true,
      cells: comparisons.map(({documented}) => shortFigure(documented, 'down')),
    },
    {title: 'measured', right: true, cells: comparisons.map(measuredFigure)},
    {title: 'unit', least: 6, cells: comparisons.map((comparison) => comparison.unit)},
    {
      title: 'times',
      right: true,
      cells: comparisons.map((one) => times(timesAsGood(one))),
    },
  ]
}

function measuredFigure({measured, moreIsBetter}: Comparison): string {
  return measured === null ? ABSENT : shortFigure(measured, moreIsBetter ? 'down' : 'up')
}

/** A ratio that is above 1 if the figure is better than documented; null if there is no such ratio. */
export function timesAsGood({documented, measured, moreIsBetter}: Comparison): number | null {
  if (measured === null || !(documented > 0) || !(measured > 0)) return null
  const ratio = moreIsBetter ? measured / documented : documented / measured
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null
}
