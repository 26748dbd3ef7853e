import {ABSENT, shortFigure} from './figures.ts'
import {fitColumns} from './fit-columns.ts'
import type {SheetColumn} from './sheet.ts'
import {type Signs, UNICODE} from './signs.ts'
import {wrap} from './wrap.ts'

/** What became of a figure from one set of runs to another. */
export interface MetricView {
  name: string
  a: number
  b: number
  /** b over a, with the interval that holds it. */
  ratio: number
  low: number
  high: number
  /** How likely such a difference is by chance alone. */
  p: number
  rounds: [number, number]
  moreIsBetter: boolean
  verdict: 'better' | 'worse' | 'same' | 'too few rounds'
}

/** Two sets of runs of the same scenario. */
export interface CompareView {
  state: 'regression' | 'ok' | 'unsure'
  /** Run ids. */
  a: string[]
  b: string[]
  /** Share by which a figure may be worse: 0.05. */
  tolerance: number
  metrics: MetricView[]
}

/** The verdict, then each figure with the interval of its change. */
export function renderCompare(result: CompareView, width: number, signs: Signs = UNICODE): string {
  const lines = [
    wrap(signs.write(`${result.state === 'ok' ? signs.ok : signs.bad} ${verdict(result)}`), width),
    '',
    fitColumns(metricSheet(result.metrics), width, signs),
    '',
    wrap(signs.write(`a: ${result.a.join(', ')}`), width, 3),
    wrap(signs.write(`b: ${result.b.join(', ')}`), width, 3),
  ]
  return lines.join('\n')
}

function verdict({state, metrics, tolerance}: CompareView): string {
  const within = `a tolerance of ${shortFigure(tolerance * 100, 'down')} %`
  const named = (...verdicts: Array<MetricView['verdict']>) =>
    metrics.filter((metric) => verdicts.includes(metric.verdict)).map(changeWords)
  if (state === 'regression') return `REGRESSION past ${within}: ${named('worse').join(', ')}`
  if (state === 'unsure') return 'UNSURE: too few rounds, or too much noise, to tell'
  const better = named('better')
  return `no regression within ${within}${better.length > 0 ? `; better: ${better.join(', ')}` : ''}`
}

function changeWords(metric: MetricView): string {
  return `${metric.name} ${change(metric.ratio)} %`
}

function metricSheet(metrics: MetricView[]): SheetColumn[] {
  const column = (title: string, write: (metric: MetricView) => string): SheetColumn => ({
    title,
    right: true,
    cells: metrics.map(write),
  })
  const towards = ({moreIsBetter}: MetricView) => (moreIsBetter ? 'down' : 'up')
  return [
    {title: 'figure', least: 8, cells: metrics.map((metric) => metric.name)},
    column('a', (metric) => shortFigure(metric.a, towards(metric))),
    column('b', (metric) => shortFigure(metric.b, towards(metric))),
    column('change %', (metric) => change(metric.ratio)),
    column('from', (metric) => change(metric.low)),
    column('to', (metric) => change(metric.high)),
    {...column('p', ({p}) => chance(p)), spare: 2},
    {...column('rounds', ({rounds}) => rounds.join('+')), spare: 3},
    {
      title: 'better is',
      spare: 1,
      cells: metrics.map(({moreIsBetter}) => (moreIsBetter ? 'more' : 'less')),
    },
    {title: 'verdict', cells: metrics.map((metric) => metric.verdict)},
  ]
}

/** 0.882 → -11.8 */
function change(ratio: number): string {
  if (!Number.isFinite(ratio)) return ABSENT
  const text = ((ratio - 1) * 100).toFixed(1)
  if (text === '-0.0') return '0.0'
  return ratio > 1 && text !== '0.0' ? `+${text}` : text
}

function chance(p: number): string {
  if (!Number.isFinite(p)) return ABSENT
  return p < 0.001 ? '<0.001' : p.toFixed(3)
}
