import type {ComparedSide, RunComparison} from '../../bench/compare/compare.ts'
import type {MetricComparison, MetricVerdict} from '../../bench/compare/compare-metrics.ts'
import {ABSENT, shortFigure} from './figures.ts'
import {fitColumns} from './fit-columns.ts'
import type {SheetColumn} from './sheet.ts'
import {type Signs, UNICODE} from './signs.ts'
import {wrap} from './wrap.ts'

/** The verdict, then each figure with the interval of its change. */
export function renderCompare(result: RunComparison, width: number, signs: Signs = UNICODE): string {
  const lines = [
    wrap(signs.write(`${result.state === 'ok' ? signs.ok : signs.bad} ${verdict(result)}`), width),
    '',
    fitColumns(metricSheet(result.metrics), width, signs),
    '',
    wrap(signs.write(`a: ${sideWords(result.a)}`), width, 3),
    wrap(signs.write(`b: ${sideWords(result.b)}`), width, 3),
    ...[...result.differences, ...result.notes].map((note) => wrap(signs.write(`- ${note}`), width)),
  ]
  return lines.join('\n')
}

function verdict({state, metrics, tolerance}: RunComparison): string {
  const within = `a tolerance of ${shortFigure(tolerance * 100, 'down')} %`
  const named = (...verdicts: Array<MetricVerdict>) =>
    metrics.filter((metric) => verdicts.includes(metric.verdict)).map(changeWords)
  if (state === 'regression') return `REGRESSION beyond ${within}: ${named('worse').join(', ')}`
  if (state === 'unsure') return 'UNSURE: too few rounds or too much noise'
  const better = named('better')
  return `no regression within ${within}${better.length > 0 ? `; better: ${better.join(', ')}` : ''}`
}

function sideWords({labels, ids}: ComparedSide): string {
  return [...labels.map((label) => `${label}:`), ids.join(', ')].join(' ')
}

function changeWords(metric: MetricComparison): string {
  return `${metric.name} ${change(metric.ratio)} %`
}

function metricSheet(metrics: MetricComparison[]): SheetColumn[] {
  const column = (title: string, write: (metric: MetricComparison) => string): SheetColumn => ({
    title,
    right: true,
    cells: metrics.map(write),
  })
  const towards = ({moreIsBetter}: MetricComparison) => (moreIsBetter ? 'down' : 'up')
  return [
    {title: 'figure', least: 8, cells: metrics.map((metric) => metric.name)},
    column('a', (metric) => shortFigure(metric.a.median, towards(metric))),
    column('b', (metric) => shortFigure(metric.b.median, towards(metric))),
    column('change %', (metric) => change(metric.ratio)),
    column('from', (metric) => change(metric.interval?.low)),
    column('to', (metric) => change(metric.interval?.high)),
    {...column('p', ({p}) => chance(p)), spare: 2},
    {...column('rounds', ({a, b}) => `${a.rounds}+${b.rounds}`), spare: 3},
    {
      title: 'better is',
      spare: 1,
      cells: metrics.map(({moreIsBetter}) => (moreIsBetter ? 'more' : 'less')),
    },
    {title: 'verdict', cells: metrics.map((metric) => metric.verdict)},
  ]
}

/** 0.882 → -11.8 */
function change(ratio: number | null | undefined): string {
  if (ratio == null) return ABSENT
  const text = ((ratio - 1) * 100).toFixed(1)
  if (text === '-0.0') return '0.0'
  return ratio > 1 && text !== '0.0' ? `+${text}` : text
}

function chance(p: number | null): string {
  if (p === null) return ABSENT
  return p < 0.001 ? '<0.001' : p.toFixed(3)
}
