import {clipWidth} from '../../table.ts'
import {html, type Markup, type Part} from '../html/markup.ts'
import type {Axis} from './axis.ts'
import {FRAME, place} from './frame.ts'
import type {Scale} from './scale.ts'

const LEFT = 22
const TOP = 0
const ROW = 40

/** Ends of the horizontal axis of `drawRows`. */
export const ROW_ENDS = {from: LEFT, to: FRAME.right} as const

export interface Row {
  label: string
  /** Written at the right end. */
  value: string
  /** Draws the row at this height. */
  draw(y: number, scale: Scale): Part
}

/** Rows, each a name with a drawing below it, above one horizontal axis. */
export function drawRows(options: {
  id: string
  title: string
  description: string
  rows: Row[]
  axis: Axis
}): Markup {
  const {id, title, description, rows, axis} = options
  const {scale, label} = axis
  const bottom = TOP + rows.length * ROW + 2
  const ticks = scale.ticks.map(({value, label: text}) => {
    const x = place(scale.at(value))
    return html`<path class="grid" d="M${x} ${TOP + 18}V${bottom}" /><text class="tick" x="${x}" y="${bottom + 17}" text-anchor="middle">${label?.(value) ?? text}</text>`
  })
  return html`<svg viewBox="0 0 ${FRAME.width} ${bottom + 46}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">${title}</title><desc id="${id}-d">${description}</desc>
${ticks}<text class="axis" x="${FRAME.right}" y="${bottom + 39}" text-anchor="end">${axis.title}</text>
${rows.map((row, i) => drawRow(row, TOP + i * ROW, scale))}
</svg>`
}

function drawRow({label, value, draw}: Row, y: number, scale: Scale): Markup {
  return html`<text class="name" x="${LEFT}" y="${y + 14}">${clipWidth(label, 34)}</text><text class="name" x="${FRAME.right}" y="${y + 14}" text-anchor="end">${value}</text>${draw(y + 26, scale)}
`
}
