import type {Step} from '../../../bench/shape/step.ts'
import {figure} from '../figures.ts'
import type {Markup} from '../html/markup.ts'
import {axisOf} from './axis.ts'
import {drawFigure, type LegendEntry} from './figure.ts'
import {FRAME, textWidth, UPWARD} from './frame.ts'
import {type Band, drawPlot, type Series} from './plot.ts'
import {extent, linearScale, type Scale} from './scale.ts'

/** A step on the time axis, which leaves out the pauses between steps. */
interface Stretch {
  step: Step
  /** Number of the step in the table. */
  number: number
  from: number
  to: number
}

/** In a shorter step, the first and the last second, which are incomplete, would dominate. */
const LEAST_SECONDS = 3

/** Operations of each second, step after step; null if no step lasted long enough. */
export function throughputPlot(id: string, steps: Step[]): Markup | null {
  const stretches = inTurn(steps)
  const seconds = stretches.at(-1)?.to ?? 0
  if (stretches.length === 0) return null
  const title = 'Throughput over time'
  const x = {
    title: 'seconds (warm-up and pauses left out)',
    scale: linearScale({min: 0, max: seconds, from: FRAME.left, to: FRAME.right, count: 6}),
  }
  const bands = stretches.length > 1 ? labelBands(stretches, x.scale) : []
  const isNumbered = bands.some((band, i) => band.label === String(stretches[i]?.number))
  const targets = stretches.flatMap(targetLine)
  const drawing = drawPlot({
    id,
    title,
    description: describe(stretches),
    x,
    y: axisOf(rates(stretches), {unit: 'ops/s', ...UPWARD}),
    bands,
    lines: [...targets, ...stretches.map(line)],
  })
  const legend: LegendEntry[] =
    targets.length === 0
      ? []
      : [
          {look: 's1', kind: 'line', text: 'achieved'},
          {look: 'target', kind: 'line', text: 'target'},
        ]
  const note = isNumbered ? 'Step numbers are those of the table.' : null
  return drawFigure({title, drawing, legend, note})
}

function inTurn(steps: Step[]): Stretch[] {
  let from = 0
  return steps.flatMap((step, i) => {
    const seconds = step.throughput.length
    if (seconds < LEAST_SECONDS) return []
    const stretch = {step, number: i + 1, from, to: from + seconds}
    from = stretch.to
    return [stretch]
  })
}

/** Draws the count of a second at its middle. */
function line({step, from}: Stretch): Series {
  return {look: 's1', points: step.throughput.map((count, i) => [from + i + 0.5, count])}
}

function targetLine({step, from, to}: Stretch): Series[] {
  const {target} = step
  if (target === null) return []
  return [
    {
      look: 'target',
      points: [
        [from, target],
        [to, target],
      ],
    },
  ]
}

/** All rates that the axis must cover. */
function rates(stretches: Stretch[]): number[] {
  return stretches.flatMap(({step}) => [...step.throughput, ...(step.target === null ? [] : [step.target])])
}

/** Labels bands with names if all of them fit, else with numbers, else not at all. */
function labelBands(stretches: Stretch[], scale: Scale): Band[] {
  const fit = (label: (stretch: Stretch) => string) =>
    stretches.every((one) => textWidth(label(one)) + 6 <= scale.at(one.to) - scale.at(one.from))
  const name = ({step}: Stretch) => step.name
  const numeral = ({number}: Stretch) => String(number)
  const label = [name, numeral].find(fit) ?? (() => '')
  return stretches.map((one) => ({from: one.from, to: one.to, label: label(one)}))
}

function describe(stretches: Stretch[]): string {
  const parts = stretches.map(({step}) => {
    const [least, most] = extent(step.throughput)
    return `${step.name}: between ${figure(least, 0, 'down')} and ${figure(most, 0, 'down')} ops/s`
  })
  return `Operations of each second. ${parts.join('; ')}.`
}
