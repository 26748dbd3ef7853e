import type {Observation} from '../monitor/observation.ts'
import {count} from './format.ts'
import type {ShownRow} from './keyed-rows.ts'
import {Pairs, panel} from './panel.ts'

/** What qtool has counted since the queue exists. */
export function makeTotals(): ShownRow<Observation> {
  const pairs = new Pairs()
  return {
    node: panel('records so far', pairs.node),
    show({inspection: {totals}}) {
      pairs.show([
        ['enqueued', count(totals.enqueued)],
        ['inserted', count(totals.inserted)],
        ['already there', count(totals.alreadyThere)],
        ['suppressed', count(totals.suppressed)],
        ['dead letters', count(totals.deadLettered)],
      ])
    },
  }
}
