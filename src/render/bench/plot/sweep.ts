import type {ScalabilityFit} from '../../../bench/shape/fit.ts'
import {percent, shortFigure} from '../figures.ts'
import type {Markup} from '../html/markup.ts'
import {fitWords} from '../statements.ts'
import {drawFigure, type LegendEntry} from './figure.ts'
import {FRAME} from './frame.ts'
import {drawPlot, type Plot} from './plot.ts'
import {extent, linearScale} from './scale.ts'

/** Throughput against workers, with the fitted curve and its peak; null without points. */
export function sweepPlot(id: string, fit: ScalabilityFit): Markup | null {
  const points = fit.points.filter(([workers, rate]) => Number.isFinite(workers) && Number.isFinite(rate))
  if (points.length === 0) return null
  const curve = fit.state === 'fitted' ? fit.curve : []
  const all = [...points, ...curve]
  const [, most] = extent(all.map(([workers]) => workers))
  const title = 'Throughput by workers'
  const horizontal = {from: FRAME.left, to: FRAME.right, count: 7}
  const vertical = {from: FRAME.bottom, to: FRAME.top, count: 5}
  const drawing = drawPlot({
    id,
    title,
    description: `${points.map(([workers, rate]) => `${workers} workers ${shortFigure(rate, 'down')} ops/s`).join('; ')}. Fit: ${fitWords(fit)}.`,
    x: {title: 'workers', scale: linearScale({min: 0, max: most, ...horizontal})},
    y: {
      title: 'ops/s',
      scale: linearScale({min: 0, max: extent(all.map(([, rate]) => rate))[1], ...vertical, round: 'out'}),
    },
    lines: curve.length === 0 ? [] : [{look: 's2', points: curve}],
    dots: [{look: 's1', points}],
    ...markPeak(fit, most),
  })
  return drawFigure({title, drawing, legend: legend(curve.length > 0), note: note(fit)})
}

function markPeak({state, peakAt}: ScalabilityFit, most: number): Pick<Plot, 'mark'> {
  if (state !== 'fitted' || peakAt === null || peakAt > most) return {}
  return {mark: {x: peakAt, label: `peak at ${shortFigure(peakAt, 'down')}`}}
}

function legend(isFitted: boolean): LegendEntry[] {
  const measured: LegendEntry = {look: 's1', kind: 'dot', text: 'measured'}
  return isFitted ? [measured, {look: 's2', kind: 'line', text: 'Universal Scalability Law'}] : [measured]
}

function note({state, error}: ScalabilityFit): string | null {
  if (state !== 'fitted') return 'Too few points for a fit.'
  return error === null ? null : `Error of the fit: ${percent(error, 1, 'up')} (root mean square).`
}
