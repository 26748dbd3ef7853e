import type {Comparison} from '../../../bench/shape/findings.ts'
import {count} from '../../format.ts'
import {timesAsGood} from '../comparison-sheet.ts'
import {ABSENT, times} from '../figures.ts'
import {html, type Markup} from '../html/markup.ts'
import {drawFigure} from './figure.ts'
import {place} from './frame.ts'
import {drawRows, ROW_ENDS, type Row} from './rows.ts'
import {logScale} from './scale.ts'

/**
 * Ratios to the documented figures, with a bar for each measure: the only scale on which rates, times and shares can
 * be compared, and on which the length of a bar has a meaning although the axis is logarithmic.
 */
export function documentedPlot(id: string, comparisons: Comparison[]): Markup | null {
  const ratios = comparisons.flatMap((comparison) => timesAsGood(comparison) ?? [])
  if (ratios.length === 0) return null
  const title = 'Measured vs. documented'
  const scale = logScale({
    min: Math.min(1, ...ratios),
    max: Math.max(2, ...ratios),
    ...ROW_ENDS,
    count: 6,
  })
  const drawing = drawRows({
    id,
    title,
    description: comparisons.map((one) => `${one.measure}: ${times(timesAsGood(one))}`).join('; '),
    rows: comparisons.map(row),
    axis: {
      title: 'ratio to documented (above 1 is better), log scale',
      scale,
      label: (value) => `${value < 1 ? value : count(value)}x`,
    },
  })
  const legend = [
    {look: 'better', kind: 'bar' as const, text: 'better than documented'},
    {look: 'worse', kind: 'bar' as const, text: 'worse'},
  ]
  return drawFigure({title, drawing, legend, note: 'Bars start at 1x, the documented figure.'})
}

function row(comparison: Comparison): Row {
  const ratio = timesAsGood(comparison)
  return {
    label: comparison.measure,
    value: ratio === null ? ABSENT : times(ratio),
    draw: (y, scale) => {
      const one = scale.at(1)
      const base = html`<path class="stroke" d="M${place(one)} ${y - 8}v16" />`
      if (ratio === null) return base
      const end = scale.at(ratio)
      const [x, width] = [place(Math.min(one, end)), place(Math.abs(end - one))]
      return html`<rect class="bar ${ratio >= 1 ? 'better' : 'worse'}" x="${x}" y="${y - 5}" width="${width}" height="10" />${base}`
    },
  }
}
