import {rowsOf, type SheetColumn} from '../sheet.ts'
import {html, type Markup} from './markup.ts'

/** A sheet as a table that scrolls by itself if the page is narrower; its first column names the rows. */
export function drawTable(
  caption: string,
  columns: SheetColumn[],
  rows: 'named' | 'numbered' = 'named',
): Markup {
  const heads = columns.map(
    ({title, long, right}) => html`<th scope="col" class="${look(right)}">${long ?? title}</th>`,
  )
  const isNumbered = rows === 'numbered'
  const lines = rowsOf(columns).map((cells, row) => {
    const [name = '', ...others] = cells
    return html`<tr>${isNumbered ? html`<td class="figure">${row + 1}</td>` : null}<th scope="row">${name}</th>${others.map(
      (cell, i) => html`<td class="${look(columns[i + 1]?.right)}">${cell}</td>`,
    )}</tr>
`
  })
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table><caption><span>${caption}</span></caption>
<thead><tr>${isNumbered ? html`<th scope="col" class="figure">#</th>` : null}${heads}</tr></thead>
<tbody>${lines}</tbody></table></div>
`
}

function look(right: boolean | undefined): string {
  return right ? 'figure' : 'words'
}
