import type {Step} from '../../../bench/shape/step.ts'
import {figure} from '../figures.ts'
import type {Markup} from '../html/markup.ts'
import {axisOf} from './axis.ts'
import {drawFigure, type LegendEntry} from './figure.ts'
import {FRAME, UPWARD} from './frame.ts'
import {drawPlot, type Series} from './plot.ts'
import {logScale, type Scale} from './scale.ts'

/** More lines cannot be told apart. */
const MOST = 6
const PERCENTILES = [50, 90, 99, 99.9, 99.99, 99.999, 99.9999]

/** Latency against the percentile on an axis of 1 / (1 - p), which shows the tail; null without any spectrum. */
export function latencyPlot(id: string, steps: Step[]): Markup | null {
  const drawable = steps.filter((step) => drawablePoints(step).length > 1)
  if (drawable.length === 0) return null
  const shown = pick(drawable)
  const lines = shown.map((step, i): Series => ({look: look(i), points: drawablePoints(step)}))
  const raw = shown.flatMap((step, i) => rawPoint(step, i))
  const title = 'Latency by percentile'
  const points = [...lines, ...raw].flatMap((series) => series.points)
  const drawing = drawPlot({
    id,
    title,
    description: `Latency from the scheduled send of each operation. ${shown.map(describe).join('; ')}.`,
    x: {
      title: 'percentile, on a scale of 1 / (1 - p)',
      scale: percentileScale(points),
      label: percentileLabel,
    },
    y: axisOf(
      points.map(([, ms]) => ms),
      {unit: 'ms', ...UPWARD},
    ),
    lines,
    diamonds: raw,
  })
  return drawFigure({
    title,
    drawing,
    legend: legend(shown, raw),
    note: note(shown.length, drawable.length, raw),
  })
}

/** With fewer samples beyond it, a percentile is a matter of chance. */
const LEAST_BEYOND = 10

/** The spectrum as points, as far as there are samples; 100 %, the maximum, is infinitely far out on this axis. */
function drawablePoints({spectrum, latency}: Step): Array<[number, number]> {
  const most = latency === null ? Number.POSITIVE_INFINITY : latency.samples / LEAST_BEYOND
  return spectrum.flatMap(([percentile, ms]) => {
    const x = beyond(percentile)
    return percentile >= 0 && percentile < 100 && x <= most * 1.000_001 && Number.isFinite(ms)
      ? [[x, ms]]
      : []
  })
}

/** 99 → 100: one sample in 100 is beyond p99. */
function beyond(percentile: number): number {
  return 100 / (100 - percentile)
}

/** The first, the last, and some between them. */
function pick(steps: Step[]): Step[] {
  if (steps.length <= MOST) return steps
  return Array.from(
    {length: MOST},
    (_, i) => steps[Math.round((i * (steps.length - 1)) / (MOST - 1))],
  ).flatMap((step) => step ?? [])
}

function rawPoint(step: Step, i: number): Series[] {
  const raw99 = step.latency?.raw99 ?? null
  return raw99 === null ? [] : [{look: look(i), points: [[beyond(99), raw99]]}]
}

function percentileScale(points: Array<[number, number]>): Scale {
  const max = Math.max(10, ...points.map(([x]) => x))
  const scale = logScale({min: 1, max, from: FRAME.left, to: FRAME.right, count: 6})
  const ticks = PERCENTILES.map(beyond).filter((value) => value <= scale.max * 1.001)
  return {...scale, ticks: ticks.map((value) => ({value, label: ''}))}
}

function percentileLabel(value: number): string {
  return `${Number((100 - 100 / value).toFixed(5))} %`
}

function look(i: number): string {
  return `s${i + 1}`
}

function legend(shown: Step[], raw: Series[]): LegendEntry[] {
  const lines = shown.map((step, i): LegendEntry => ({look: look(i), kind: 'line', text: step.name}))
  const diamond: LegendEntry = {look: 'plain', kind: 'diamond', text: 'raw99'}
  return raw.length === 0 ? lines : [...lines, diamond]
}

function note(shown: number, of: number, raw: Series[]): string | null {
  const sentences = [
    'Lines: from the scheduled send of each operation.',
    ...(raw.length === 0 ? [] : ['Diamonds: p99 from the actual send, as most tools report it.']),
    ...(shown === of ? [] : [`${shown} of ${of} steps are drawn; the table has them all.`]),
  ]
  return sentences.join(' ')
}

function describe(step: Step): string {
  const {p50, p99, raw99} = step.latency ?? {p50: null, p99: null, raw99: null}
  const words = [...part('p50', p50), ...part('p99', p99), ...part('raw99', raw99)]
  return `${step.name}: ${words.length === 0 ? 'no percentiles' : words.join(', ')}`
}

function part(name: string, ms: number | null): string[] {
  return ms === null ? [] : [`${name} ${figure(ms, 1, 'up')} ms`]
}
