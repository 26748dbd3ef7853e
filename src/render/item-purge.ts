import type {PurgePlan, PurgeResult} from '../operations/purge.ts'
import {count, plural} from './format.ts'

/** What a purge asks before it begins. */
export function purgeQuestion(plan: PurgePlan): string {
  return `purge ${itemsOf(plan)} of queue ${plan.queue}${kept(plan)}`
}

/** What a purge of ready items did, or would do. */
export function renderItemPurge(
  plan: PurgePlan,
  {purged, trash, until}: PurgeResult,
  {dryRun, isInterrupted}: {dryRun: boolean; isInterrupted: boolean},
): string {
  const {queue, affected, ready, filter} = plan
  if (filter && affected === 0) {
    return `queue ${queue}: no ready item matches the filter (${count(ready)} in total)`
  }
  if (affected === 0) return `queue ${queue}: ${plural(0, 'ready item')} to purge${kept(plan)}`
  if (dryRun) return `queue ${queue}: ${itemsOf(plan)} would be purged${kept(plan)}`
  const counted =
    purged === affected || isInterrupted
      ? ''
      : ` (${count(affected)} when it was counted; producers and workers went on meanwhile)`
  const undo = trash ? `\n"qtool undo ${trash} -q ${queue}" restores them until ${until}` : ''
  return `queue ${queue}: ${plural(purged, 'ready item')} purged${counted}${kept(plan)}${undo}`
}

function itemsOf({affected, ready}: PurgePlan): string {
  return affected === ready
    ? plural(ready, 'ready item')
    : `${count(affected)} of ${plural(ready, 'ready item')}`
}

function kept({leases}: PurgePlan): string {
  if (leases === 0) return ''
  return `; ${plural(leases, 'lease')} held by workers ${leases === 1 ? 'stays' : 'stay'}`
}
