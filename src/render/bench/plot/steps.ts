import type {Step} from '../../../bench/shape/step.ts'
import {figure} from '../figures.ts'
import {html, type Markup} from '../html/markup.ts'
import {axisOf} from './axis.ts'
import {drawFigure, type LegendEntry} from './figure.ts'
import {place} from './frame.ts'
import {drawRows, ROW_ENDS, type Row} from './rows.ts'

/** The rate of each step and the spread of its seconds; null for a single step, or if all had a target rate. */
export function stepsPlot(id: string, steps: Step[]): Markup | null {
  const shown = steps.filter((step) => Number.isFinite(step.achieved))
  if (shown.length < 2 || shown.every((step) => step.target !== null)) return null
  const title = 'Throughput by step'
  const drawing = drawRows({
    id,
    title,
    description: shown.map((step) => `${step.name}: ${rate(step)} ops/s`).join('; '),
    rows: shown.map(row),
    axis: axisOf(rates(shown), {unit: 'ops/s', ...ROW_ENDS, count: 6}),
  })
  const dot: LegendEntry = {look: 's1', kind: 'dot', text: 'achieved'}
  const spread: LegendEntry = {look: 'spread', kind: 'line', text: 'p10 to p90 of the seconds'}
  const spreads = shown.some((step) => step.perSecond !== null)
  return drawFigure({title, drawing, legend: spreads ? [dot, spread] : [dot], note: null})
}

function row(step: Step): Row {
  return {
    label: step.name,
    value: rate(step),
    draw: (y, scale) => {
      const {perSecond} = step
      const line = html`<path class="grid" d="M${ROW_ENDS.from} ${y}H${ROW_ENDS.to}" />`
      const spread =
        perSecond === null
          ? null
          : html`<path class="line spread" d="M${place(scale.at(perSecond.p10))} ${y}H${place(scale.at(perSecond.p90))}" />`
      return html`${line}${spread}<circle class="dot s1" cx="${place(scale.at(step.achieved))}" cy="${y}" r="4" />`
    },
  }
}

function rate({achieved}: Step): string {
  return figure(achieved, achieved < 10 ? 1 : 0, 'down')
}

function rates(steps: Step[]): number[] {
  return steps.flatMap(({achieved, perSecond}) =>
    perSecond === null ? [achieved] : [achieved, perSecond.p10, perSecond.p90],
  )
}
