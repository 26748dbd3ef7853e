import {html, type Markup} from '../html/markup.ts'
import type {Axis} from './axis.ts'
import {FRAME, place} from './frame.ts'
import type {Scale} from './scale.ts'

/** Points that belong together; `look` is their class in the style of the page. */
export interface Series {
  look: string
  points: Array<[number, number]>
}

/** A stretch of the x axis. */
export interface Band {
  from: number
  to: number
  label: string
}

export interface Plot {
  /** Unique on the page. */
  id: string
  title: string
  /** Text alternative for readers who cannot see the plot. */
  description: string
  x: Axis
  y: Axis
  bands?: Band[]
  lines?: Series[]
  dots?: Series[]
  /** Hollow signs for a second figure of a series. */
  diamonds?: Series[]
  /** A vertical line at a value of x, with its label. */
  mark?: {x: number; label: string}
}

/** A plot of lines and points as SVG, in the colours of the page. */
export function drawPlot(plot: Plot): Markup {
  const {id, title, description, bands = [], lines = [], dots = [], diamonds = [], mark} = plot
  const placed = (points: Series['points']) =>
    points
      .filter((point) => point.every(Number.isFinite))
      .map(([x, y]) => [place(plot.x.scale.at(x)), place(plot.y.scale.at(y))] as const)
  return html`<svg viewBox="0 0 ${FRAME.width} ${FRAME.height}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">${title}</title><desc id="${id}-d">${description}</desc>
${bands.map((band, i) => drawBand(band, i, plot.x.scale))}${drawY(plot.y, bands.length > 0 ? 14 : FRAME.top - 16)}${drawX(plot.x)}
${mark ? drawMark(mark, plot.x.scale) : null}
${lines.map(({look, points}) => html`<path class="line ${look}" d="${path(placed(points))}" />`)}
${dots.map(({look, points}) => placed(points).map(([x, y]) => html`<circle class="dot ${look}" cx="${x}" cy="${y}" r="3.5" />`))}
${diamonds.map(({look, points}) => placed(points).map((at) => drawDiamond(at, look)))}
</svg>`
}

function drawDiamond([x, y]: readonly [number, number], look: string): Markup {
  return html`<path class="diamond ${look}" d="M${x} ${place(y - 5)}L${place(x + 5)} ${y}L${x} ${place(y + 5)}L${place(x - 5)} ${y}Z" />`
}

function path(points: Array<readonly [number, number]>): string {
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('')
}

/** @param titleAt - y of the title, above the labels of bands if there are any */
function drawY({title, scale, label}: Axis, titleAt: number): Markup {
  const lines = scale.ticks.map(({value, label: text}) => {
    const y = place(scale.at(value))
    return html`<path class="grid" d="M${FRAME.left} ${y}H${FRAME.right}" /><text class="tick" x="${FRAME.left - 8}" y="${y}" dy="0.32em" text-anchor="end">${label?.(value) ?? text}</text>`
  })
  return html`<text class="axis" x="4" y="${titleAt}">${title}</text>${lines}`
}

function drawX({title, scale, label}: Axis): Markup {
  const {left, right, bottom} = FRAME
  const ticks = scale.ticks.map(({value, label: text}) => {
    const x = place(scale.at(value))
    return html`<path class="stroke" d="M${x} ${bottom}v4" /><text class="tick" x="${x}" y="${bottom + 19}" text-anchor="middle">${label?.(value) ?? text}</text>`
  })
  return html`<path class="stroke" d="M${left} ${bottom}H${right}" />${ticks}<text class="axis" x="${right}" y="${bottom + 42}" text-anchor="end">${title}</text>`
}

function drawBand({from, to, label}: Band, index: number, scale: Scale): Markup {
  const [x, end] = [place(scale.at(from)), place(scale.at(to))]
  const {top, bottom} = FRAME
  const fill =
    index % 2 === 1
      ? html`<rect class="band" x="${x}" y="${top}" width="${place(end - x)}" height="${bottom - top}" />`
      : null
  return html`${fill}<text class="inside" x="${place((x + end) / 2)}" y="${top - 5}" text-anchor="middle">${label}</text>`
}

/** Puts the label on the side that has more room. */
function drawMark({x, label}: {x: number; label: string}, scale: Scale): Markup {
  const at = place(scale.at(x))
  const leftward = at > (FRAME.left + FRAME.right) / 2
  return html`<path class="mark" d="M${at} ${FRAME.top}V${FRAME.bottom}" /><text class="inside" x="${at + (leftward ? -6 : 6)}" y="${FRAME.bottom - 8}" text-anchor="${leftward ? 'end' : 'start'}">${label}</text>`
}
