import type {RebalancePlan, RebalanceResult} from '../operations/shards.ts'
import type {ShardStatus, ShardsStatus} from '../queue/shards/shards.ts'
import {fitColumns} from './bench/fit-columns.ts'
import type {SheetColumn} from './bench/sheet.ts'
import {UNICODE} from './bench/signs.ts'
import {count, duration, plural} from './format.ts'

/** The shards of a queue. */
export function renderShards(status: ShardsStatus, width: number): string {
  const {queue, shards} = status
  if (shards === 0) {
    return `queue ${queue} is not spread over shards; "qtool shards rebalance -q ${queue} --shards N" does that`
  }
  // What nobody writes to any more is shown only if there is something in it
  const each = status.each.filter((one) => !one.isRetired || holdsSomething(one))
  return [heading(status), table(each, width), ...notes(status)].join('\n')
}

function heading({queue, shards, shardBy, order, skew}: ShardsStatus): string {
  const by = shardBy === null ? 'by the whole item' : `by ${shardBy}`
  const even = skew === null ? '' : `; the fullest holds ${skew.toFixed(2)} times its share`
  return `queue ${queue}: ${plural(shards, 'shard')} ${by}, ${order} order${even}`
}

function table(each: ShardStatus[], width: number): string {
  const hasSlots = each.some(({slot}) => slot !== null)
  return fitColumns(
    [
      {title: 'shard', cells: each.map(({shard}) => (shard === 0 ? '-' : String(shard)))},
      {title: 'queue', least: 20, cells: each.map(({queue}) => queue)},
      figures('ready', each, ({ready}) => ready, count),
      figures('share', each, ({share}) => share, percent),
      figures('leased', each, ({leased}) => leased, count),
      figures('dead', each, ({deadLetters}) => deadLetters, count),
      figures('oldest', each, ({oldestMs}) => oldestMs, duration),
      {...figures('in/s', each, ({inPerSecond}) => inPerSecond, count), spare: 2},
      {...figures('out/s', each, ({outPerSecond}) => outPerSecond, count), spare: 2},
      ...(hasSlots ? [figures('slot', each, ({slot}) => slot, String)] : []),
      {title: 'node', spare: 1, cells: each.map(({node}) => node ?? '-')},
      ...stateColumn(each),
    ],
    width,
    UNICODE,
  )
}

function figures(
  title: string,
  each: ShardStatus[],
  figure: (one: ShardStatus) => number | null,
  write: (value: number) => string,
): SheetColumn {
  const cells = each.map((one) => {
    const value = figure(one)
    return value === null ? '-' : write(value)
  })
  return {title, right: true, cells}
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

function stateColumn(each: ShardStatus[]): SheetColumn[] {
  const cells = each.map(({problem, paused, isRetired, moving}) =>
    [problem, paused && 'paused', isRetired && 'retired', moving > 0 && `${count(moving)} moving`]
      .filter(Boolean)
      .join(', '),
  )
  return cells.every((cell) => cell === '') ? [] : [{title: 'state', least: 12, cells}]
}

function notes({queue, shards, isMoving, each}: ShardsStatus): string[] {
  const again = `"qtool shards rebalance -q ${queue} --shards ${shards}"`
  const isBehind = each.some((one) => one.isRetired && (one.ready ?? 0) > 0)
  return [
    ...(isMoving ? [`items are being moved; if the rebalance was killed, ${again} finishes it`] : []),
    ...(isBehind && !isMoving
      ? [`producers without the current shard map have written to retired places; ${again} moves those items`]
      : []),
  ]
}

function holdsSomething({ready, leased, deadLetters, moving}: ShardStatus): boolean {
  return [ready, leased, deadLetters, moving].some((figure) => (figure ?? 0) > 0)
}

/** What the user agrees to. */
export function rebalanceQuestion(plan: RebalancePlan): string {
  const {queue, from, to, shardBy, items, deadLetters, goesOn} = plan
  const what = `${plural(items, 'item')} and ${plural(deadLetters, 'dead letter')}`
  const wait = shardBy === null ? '' : '; workers wait until all are in their shards'
  if (goesOn) return `finish spreading queue ${queue} over ${plural(to, 'shard')}: ${what}${wait}`
  const how = from === 0 ? `over ${plural(to, 'shard')}` : `over ${plural(to, 'shard')} instead of ${from}`
  return `spread queue ${queue} ${how}, and move those of ${what} that belong elsewhere${wait}`
}

export function renderRebalance({plan, moved}: RebalanceResult): string {
  const {queue, from, to} = plan
  if (moved === null) return `would ${rebalanceQuestion(plan)}`
  const what = `${plural(moved.items, 'item')} and ${plural(moved.deadLetters, 'dead letter')}`
  const again = from === 0 ? '; restart the producers that were running' : ''
  return `queue ${queue} has ${plural(to, 'shard')}; moved ${what}${again}`
}
