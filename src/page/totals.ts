import type {Observation} from '../monitor/observation.ts'
import {count} from './format.ts'
import type {ShownRow} from './keyed-rows.ts'
import {Pairs, panel} from './panel.ts'

const row = (name: string, n: number): [string, string] => [name, count(n)]

/** What qtool has counted since the queue exists. */
export function makeTotals(): ShownRow<Observation> {
  const pairs = new Pairs()
  return {
    node: panel('records so far', pairs.node),
    show({inspection: {totals}}) {
      pairs.show([
        row('enqueued by qtool', totals.enqueued),
        row('inserted', totals.inserted),
        ...(totals.updated > 0 ? [row('updated', totals.updated)] : []),
        ...(totals.deleted > 0 ? [row('deleted', totals.deleted)] : []),
        row('already there', totals.alreadyThere),
        ...(totals.alreadyGone > 0 ? [row('already gone', totals.alreadyGone)] : []),
        ...(totals.superseded > 0 ? [row('superseded', totals.superseded)] : []),
        row('suppressed', totals.suppressed),
        row('dead letters', totals.deadLettered),
        ...(totals.empty > 0 ? [row('items without a record', totals.empty)] : []),
        ...(totals.trimmed > 0 ? [row('trimmed', totals.trimmed)] : []),
      ])
    },
  }
}
