import type {Guarantee} from '../doctor/guarantee.ts'
import {fill, h} from './dom.ts'
import type {ShownRow} from './keyed-rows.ts'
import {makeTable, panel} from './panel.ts'

/** What can be lost when a server dies, worked out from the settings of both. */
export function makeGuarantee(): ShownRow<Guarantee> {
  const row = h('p')
  const {node: table, body} = makeTable(['if', 'then lost'])
  return {
    node: panel('guarantee', row, table),
    show(guarantee) {
      fill(row, guarantee.row)
      fill(
        body,
        ...guarantee.losses.map(({when, lost}) =>
          h('tr', {}, h('th', {scope: 'row', class: 'text'}, when), h('td', {class: 'text'}, lost)),
        ),
      )
    },
  }
}
