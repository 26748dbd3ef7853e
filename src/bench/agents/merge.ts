import type {Flow} from '../flow/flow.ts'
import type {OpenLoopResult} from '../measure/open-loop.ts'
import type {Validity} from '../measure/validity.ts'
import {slopeOf} from '../stats/slope.ts'
import {type Plan, shareOf} from './plan.ts'
import {unpackRanges} from './ranges.ts'
import type {Histograms, Measured, Measuring} from './report.ts'

/** What all agents measured, as if one process had: samples and counts are added up. */
export function mergeMeasured(
  plan: Plan,
  all: Measuring[],
  histograms: Histograms,
  validity: Validity,
): Pick<Flow, 'rows' | 'replies' | 'acked' | 'backlogPerSecond'> {
  const each = all.map(({measured}) => measured)
  const {corrected, raw, lag, late, replies, rawReplies} = histograms
  const total = (name: 'sent' | 'completed' | 'failed' | 'dropped') =>
    each.reduce((sum, one) => sum + one[name], 0)
  const rows: OpenLoopResult = {
    seconds: Math.max(0, ...each.map(({seconds}) => seconds)),
    sent: total('sent'),
    completed: total('completed'),
    failed: total('failed'),
    dropped: total('dropped'),
    errors: addErrors(each),
    corrected,
    raw,
    lag,
    late,
    perSecond: addLists(each.map(({perSecond}) => perSecond)),
    load: {
      cpu: each.reduce((sum, {load}) => sum + load.cpu, 0),
      busy: Math.max(0, ...each.map(({load}) => load.busy)),
    },
    validity,
    doubts: all.flatMap(({agent, measured}) =>
      measured.doubts.map((doubt) => `agent ${agent + 1}: ${doubt}`),
    ),
  }
  return {
    rows,
    replies: {corrected: replies, raw: rawReplies},
    acked: all.flatMap(({agent, measured}) =>
      unpackRanges(measured.acked).map((i) => shareOf(plan, agent).numberOf(i)),
    ),
    backlogPerSecond: slopeOf(addBehind(each)),
  }
}

function addErrors(all: Measured[]): Map<string, number> {
  const errors = new Map<string, number>()
  for (const [message, count] of all.flatMap((one) => one.errors)) {
    errors.set(message, (errors.get(message) ?? 0) + count)
  }
  return errors
}

/** Adds up the seconds that every list has. */
function addLists(lists: number[][]): number[] {
  const length = Math.min(...lists.map((list) => list.length))
  if (!Number.isFinite(length)) return []
  return Array.from({length}, (_, i) => lists.reduce((sum, list) => sum + list[i], 0))
}

/** Adds up the backlogs of the seconds that every agent has reported. */
function addBehind(all: Measured[]): Array<[number, number]> {
  const bySecond = new Map<number, number[]>()
  for (const [second, behind] of all.flatMap((one) => one.behind)) {
    bySecond.set(second, [...(bySecond.get(second) ?? []), behind])
  }
  return [...bySecond].flatMap(([second, parts]) =>
    parts.length === all.length ? [[second, parts.reduce((sum, part) => sum + part, 0)]] : [],
  )
}
