import {skewOf} from '../../queue/shards/spread.ts'
import type {Check, Found} from '../check.ts'
import {number, time} from '../words.ts'
import type {QueueFacts} from './facts.ts'

/** Checks of a queue that is spread over shards. */
export const SHARD_CHECKS: Array<Check<QueueFacts>> = [
  {id: 'queue.rebalance', title: 'no rebalance is left unfinished', judge: judgeRebalance},
  {id: 'queue.skew', title: 'items are spread evenly over shards', judge: judgeSkew},
]

/** A rebalance of ten million items is done within about this, ms. */
const REBALANCE_MS = 300_000

function judgeRebalance({queue, at, spread}: QueueFacts): Found[] {
  const move = spread?.move
  if (!move) return []
  const ms = Date.parse(at) - Date.parse(move.since)
  // A time that is none must not hide it
  if (ms <= REBALANCE_MS) return []
  const since = Number.isNaN(ms) ? '' : ` for ${time(ms)}`
  return [
    {
      level: 'warning',
      what: `the rebalance of queue ${queue} to ${number(move.to)} shards${since} has not finished`,
      why: 'if it was killed, some items wait where no worker takes them, and workers may wait as well',
      fix: `qtool shards rebalance -q ${queue} --shards ${move.to} finishes it, unless it is still running`,
    },
  ]
}

/** Over this the fullest shard takes half as long again as an even spread would. */
const SKEW = 1.5

/** Of fewer items an uneven spread is chance, and soon gone. */
const LEAST_ITEMS = 1000

function judgeSkew({queue, spread}: QueueFacts): Found[] {
  if (!spread || spread.move) return []
  const skew = skewOf(spread.each)
  const active = spread.each.filter(({isRetired}) => !isRetired)
  const fullest = active.reduce((a, b) => (b.ready > a.ready ? b : a))
  if (skew === null || skew <= SKEW || fullest.ready < LEAST_ITEMS) return []
  return [
    {
      level: 'warning',
      what: `shard ${fullest.queue} holds ${number(fullest.ready)} ready items, ${skew.toFixed(1)} times its share`,
      why: 'the others will be empty long before it, and then one server carries the rest alone',
      fix: `qtool shards status -q ${queue} shows whether it is paused or stalled; if a few keys have most of the items, more shards help little, else qtool shards rebalance -q ${queue} --shards ${spread.shards * 2}`,
    },
  ]
}
