import type {Latency, Step} from '../../../bench/shape/step.ts'
import {figure} from '../figures.ts'
import type {Markup} from '../html/markup.ts'
import {axisOf} from './axis.ts'
import {drawFigure, type LegendEntry} from './figure.ts'
import {FRAME, UPWARD} from './frame.ts'
import {drawPlot, type Series} from './plot.ts'
import {extent, linearScale} from './scale.ts'

const FIGURES = [
  {name: 'p50', look: 's3', text: 'p50'},
  {name: 'p99', look: 's1', text: 'p99'},
  {name: 'raw99', look: 's2', text: 'raw99: p99 from the actual send'},
] as const satisfies Array<{name: keyof Latency; look: string; text: string}>

/** Latency against the achieved rate; the bend is where the chain is saturated. Null with fewer than three rates. */
export function loadPlot(id: string, steps: Step[]): Markup | null {
  const shown = steps
    .filter(({target, latency}) => target !== null && (latency?.p99 ?? null) !== null)
    .sort((a, b) => (a.target ?? 0) - (b.target ?? 0))
  if (shown.length < 3) return null
  const curves = FIGURES.map((curve) => ({...curve, points: pointsOf(shown, curve.name)}))
  const drawn = curves.filter(({points}) => points.length > 0)
  const title = 'Latency by rate'
  const [, most] = extent(shown.map((step) => step.achieved))
  const series: Series[] = drawn.map(({look, points}) => ({look, points}))
  const drawing = drawPlot({
    id,
    title,
    description: `${shown.map(describe).join('; ')}.`,
    x: {
      title: 'ops/s achieved',
      scale: linearScale({min: 0, max: most, from: FRAME.left, to: FRAME.right, count: 6, round: 'out'}),
    },
    y: axisOf(
      series.flatMap(({points}) => points.map(([, ms]) => ms)),
      {unit: 'ms', ...UPWARD},
    ),
    lines: series,
    dots: series,
  })
  const legend = drawn.map(({look, text}): LegendEntry => ({look, kind: 'line', text}))
  return drawFigure({title, drawing, legend, note: null})
}

function pointsOf(steps: Step[], name: 'p50' | 'p99' | 'raw99'): Array<[number, number]> {
  return steps.flatMap(({achieved, latency}): Array<[number, number]> => {
    const ms = latency?.[name] ?? null
    return ms === null ? [] : [[achieved, ms]]
  })
}

function describe({achieved, latency}: Step): string {
  return `at ${figure(achieved, 0, 'down')} ops/s p99 ${figure(latency?.p99 ?? Number.NaN, 1, 'up')} ms`
}
