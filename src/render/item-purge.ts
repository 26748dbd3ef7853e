import {count, plural} from './format.ts'

/** Ready items counted for a purge. */
interface Counted {
  queue: string
  matched: number
  /** Items of the queue. */
  ready: number
  /** Leases held by workers. */
  leases: number
}

/** What a purge asks before it begins. */
export function purgeQuestion(counted: Counted): string {
  return `purge ${itemsOf(counted)} of queue ${counted.queue}${kept(counted)}`
}

/** What a purge of ready items did, or would do. */
export function renderItemPurge(
  result: Counted & {purged: number; trash: string | null; until: string | null},
  {dryRun, isFiltered, isInterrupted}: {dryRun: boolean; isFiltered: boolean; isInterrupted: boolean},
): string {
  const {queue, matched, ready, purged, trash, until} = result
  if (isFiltered && matched === 0) {
    return `queue ${queue}: no ready item matches the filter (${count(ready)} in total)`
  }
  if (matched === 0) return `queue ${queue}: ${plural(0, 'ready item')} to purge${kept(result)}`
  if (dryRun) return `queue ${queue}: ${itemsOf(result)} would be purged${kept(result)}`
  const why = isInterrupted ? 'interrupted' : 'producers and workers went on meanwhile'
  const counted = purged === matched ? '' : ` (${count(matched)} when it was counted; ${why})`
  const undo = trash ? `\n"qtool undo ${trash} -q ${queue}" restores them until ${until}` : ''
  return `queue ${queue}: ${plural(purged, 'ready item')} purged${counted}${kept(result)}${undo}`
}

function itemsOf({matched, ready}: Counted): string {
  return matched === ready
    ? plural(ready, 'ready item')
    : `${count(matched)} of ${plural(ready, 'ready item')}`
}

function kept({leases}: Counted): string {
  if (leases === 0) return ''
  return `; ${plural(leases, 'lease')} held by workers ${leases === 1 ? 'stays' : 'stay'}`
}
