import {splitNewest} from './buckets.ts'
import {ChartKey} from './chart-key.ts'
import type {Curve} from './curve.ts'
import {h} from './dom.ts'
import {orNone} from './format.ts'
import {onTheme} from './theme.ts'
import uPlot from './uplot.js'

const HEIGHT = 200

/** Time that a chart shows at least. */
const LEAST_SECONDS = 120

/** A chart over time. The newest point of each curve is still filling, and drawn dashed. */
export class Chart {
  readonly node: HTMLElement
  readonly #canvas = h('div', {class: 'canvas', role: 'img'})
  readonly #key: ChartKey
  readonly #curves: Curve[]
  readonly #title: string
  readonly #close: Array<() => void>
  #plot: uPlot | undefined
  #data: uPlot.AlignedData = [[]]
  /** The curves as they were given, before they were split. */
  #values: Array<Array<number | null>> = []

  constructor(title: string, curves: Curve[]) {
    this.#title = title
    this.#curves = curves
    this.#key = new ChartKey(curves)
    this.node = h('div', {class: 'chart'}, h('h2', {}, title), this.#key.node, this.#canvas)
    const resized = new ResizeObserver(() => this.#resize())
    resized.observe(this.#canvas)
    this.#close = [() => resized.disconnect(), onTheme(() => this.#draw())]
  }

  /** @param times seconds since 1970 @param values of each curve, one a time */
  show(times: number[], values: Array<Array<number | null>>): void {
    this.#values = values
    this.#data = [times, ...values.flatMap(splitNewest)]
    this.#canvas.setAttribute('aria-label', this.#describe())
    this.#showKey()
    if (this.#plot) this.#plot.setData(this.#data)
    else this.#draw()
  }

  close(): void {
    for (const end of this.#close) end()
    this.#plot?.destroy()
  }

  /** The newest figures, for those who cannot see the curves. */
  #describe(): string {
    const newest = this.#curves.map(
      ({label, write}, i) => `${label} ${orNone(this.#values[i].at(-1), write)}`,
    )
    return `${this.#title}, now: ${newest.join(', ')}`
  }

  /** The key shows the figures under the pointer, else the newest. */
  #showKey(): void {
    const at = this.#plot?.cursor.idx ?? this.#data[0].length - 1
    this.#key.show(
      this.#data[0][at],
      this.#values.map((values) => values[at] ?? null),
    )
  }

  /** Colours are part of what is drawn, so other colours need another drawing. */
  #draw(): void {
    if (this.#canvas.clientWidth === 0 || this.#data[0].length === 0) return
    this.#plot?.destroy()
    this.#plot = new uPlot(this.#options(), this.#data, this.#canvas)
  }

  #resize(): void {
    if (this.#plot) this.#plot.setSize({width: this.#canvas.clientWidth, height: HEIGHT})
    else this.#draw()
  }

  #options(): uPlot.Options {
    const hasRight = this.#curves.some(({axis}) => axis === 'right')
    return {
      width: this.#canvas.clientWidth,
      height: HEIGHT,
      // Times are UTC everywhere in qtool
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
      cursor: {drag: {x: false, y: false}, sync: {key: 'queue'}},
      legend: {show: false},
      hooks: {setCursor: [() => this.#showKey()]},
      scales: {x: {range: atLeastMinutes}, left: {range: fromZero(10)}, right: {range: fromZero(1000)}},
      axes: [this.#timeAxis(), this.#valueAxis('left'), ...(hasRight ? [this.#valueAxis('right')] : [])],
      series: [{}, ...this.#curves.flatMap((curve) => this.#series(curve))],
    }
  }

  #series({label, colour, axis, isFilled}: Curve): uPlot.Series[] {
    const stroke = this.#colour(colour)
    const shared = {scale: axis, stroke, width: 1.5, points: {show: false}, spanGaps: false}
    const fill = isFilled ? {fill: `${stroke.replace('rgb(', 'rgba(').replace(')', ', 0.12)')}`} : {}
    return [
      {...shared, ...fill, label},
      {...shared, label, dash: [3, 3]},
    ]
  }

  #valueAxis(scale: 'left' | 'right'): uPlot.Axis {
    const curve = this.#curves.find(({axis}) => axis === scale)
    const write = curve?.writeShort ?? curve?.write ?? String
    return {
      ...this.#axis(),
      scale,
      side: scale === 'left' ? 3 : 1,
      size: scale === 'left' ? 52 : 68,
      values: (_, splits) => splits.map((value) => write(value)),
      ...(scale === 'right' && {grid: {show: false}}),
    }
  }

  #timeAxis(): uPlot.Axis {
    const clock = uPlot.fmtDate('{HH}:{mm}')
    const zone = (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), 'UTC')
    return {
      ...this.#axis(),
      size: 24,
      // Whole minutes only, at a width of five digits and some room
      incrs: [60, 120, 300, 600],
      space: 56,
      values: (_, splits) => splits.map((seconds) => clock(zone(seconds))),
    }
  }

  #axis(): uPlot.Axis {
    const line = {stroke: this.#colour('--line'), width: 1}
    return {
      stroke: this.#colour('--muted'),
      font: '12px system-ui, sans-serif',
      grid: line,
      ticks: {show: false},
    }
  }

  /** A colour as it is at the moment: a canvas does not know custom properties. */
  #colour(name: string): string {
    const probe = h('i', {class: 'probe'})
    probe.style.color = `var(${name})`
    this.#canvas.append(probe)
    const {color} = getComputedStyle(probe)
    probe.remove()
    return color
  }
}

/** A curve of a few seconds would look like a long one. */
function atLeastMinutes(_: uPlot, from: number, until: number): [number, number] {
  return [Math.min(from, until - LEAST_SECONDS), until]
}

/** Scales start at zero, and end above the largest value. @param least where they end at least */
function fromZero(least: number): uPlot.Range.Function {
  return (_, _min, most) => [0, Math.max(least, (most ?? 0) * 1.1)]
}
