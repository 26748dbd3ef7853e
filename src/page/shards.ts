import type {Observation} from '../monitor/observation.ts'
import type {ShardHolding, Spread} from '../queue/shards/spread.ts'
import {h, setText} from './dom.ts'
import {count, moment, plural} from './format.ts'
import {KeyedRows, type ShownRow} from './keyed-rows.ts'
import {makeTable, panel} from './panel.ts'
import {to} from './router.ts'

/** What each shard of a queue holds; nothing for a queue that is not spread. */
export function makeShards(): ShownRow<Observation> {
  const columns = ['queue', {figure: 'ready'}, {figure: 'leased'}, {figure: 'dead letters'}]
  const {node, body} = makeTable(columns)
  const rows = new KeyedRows<ShardHolding>(body, ({queue}) => queue, makeRow)
  const move = h('p', {class: 'hint'})
  const whole = panel('shards', node, move)
  return {
    node: whole,
    show({inspection: {spread}}) {
      whole.hidden = spread === null
      if (spread === null) return
      rows.show(spread.each.filter(isShown))
      move.hidden = spread.move === null
      if (spread.move) {
        const {to: shards, since} = spread.move
        setText(move, `items have been moving to ${plural(shards, 'shard')} since ${moment(since)}`)
      }
    },
  }
}

/** `3 shards by customer`; "" for a queue that is not spread. */
export function spreadWords(spread: Spread | null): string {
  if (!spread) return ''
  return `${plural(spread.shards, 'shard')}${spread.shardBy === null ? '' : ` by ${spread.shardBy}`}`
}

/** What nobody writes to any more is shown only if there is something in it. */
function isShown({isRetired, ready, leased, deadLetters}: ShardHolding): boolean {
  return !isRetired || ready + leased + deadLetters > 0
}

function makeRow({queue}: ShardHolding): ShownRow<ShardHolding> {
  const figures = Array.from({length: 3}, () => h('td', {class: 'figure'}))
  const name = h('th', {scope: 'row'}, h('a', {href: to.queue(queue), 'data-row': true}, queue))
  return {
    node: h('tr', {}, name, ...figures),
    show({ready, leased, deadLetters}) {
      for (const [i, value] of [ready, leased, deadLetters].entries()) setText(figures[i], count(value))
    },
  }
}
