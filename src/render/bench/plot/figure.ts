import {html, type Markup} from '../html/markup.ts'

export interface LegendEntry {
  look: string
  kind: 'line' | 'dot' | 'diamond' | 'bar'
  text: string
}

/** A plot with its heading, its legend and a note. */
export function drawFigure(options: {
  title: string
  drawing: Markup
  legend: LegendEntry[]
  note: string | null
}): Markup {
  const {title, drawing, legend, note} = options
  const entries = legend.map(({look, kind, text}) => html`<li>${SWATCHES[kind](look)}${text}</li>`)
  return html`<figure><figcaption>${title}</figcaption>
${entries.length === 0 ? null : html`<ul class="legend">${entries}</ul>`}
${drawing}
${note === null ? null : html`<p class="note">${note}</p>`}</figure>
`
}

const SWATCHES: Record<LegendEntry['kind'], (look: string) => Markup> = {
  line: (look) => swatch(html`<path class="line ${look}" d="M1 6H25" />`),
  dot: (look) => swatch(html`<circle class="dot ${look}" cx="13" cy="6" r="3.5" />`),
  diamond: (look) => swatch(html`<path class="diamond ${look}" d="M13 1L18 6L13 11L8 6Z" />`),
  bar: (look) => swatch(html`<rect class="bar ${look}" x="1" y="2" width="24" height="8" />`),
}

function swatch(drawing: Markup): Markup {
  return html`<svg class="swatch" viewBox="0 0 26 12" aria-hidden="true">${drawing}</svg>`
}
