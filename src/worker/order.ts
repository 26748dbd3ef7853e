import type {QueueEngine} from '../queue/engine.ts'
import {refersTo} from '../sink/routes/parents-first.ts'
import type {Sinks} from '../sink/sinks.ts'
import type {Policy} from './policy.ts'

type Ordering = Pick<Policy, 'order' | 'workers' | 'fuse' | 'foreignKeys'>

/** Whether leases are worked on one at a time, whoever holds them. */
export function keepsOrder(sinks: Sinks, policy: Pick<Policy, 'order' | 'foreignKeys'>): boolean {
  if (policy.order !== undefined) return policy.order === 'strict'
  return haveDeletes(sinks) || (own(sinks) !== undefined && policy.foreignKeys.retries === 0)
}

/**
 * The first table that refers to one into which the queue drains as well. A child is refused if its parent is in another
 * lease that is not written yet; whoever lets children wait for their parents need not keep the order.
 */
function own({all}: Sinks): {child: string; parent: string} | undefined {
  for (const {name, table} of all) {
    const parent = all.find((other) => table.foreignKeys.some((key) => refersTo(key, other)))
    if (parent) return {child: name, parent: parent.name === name ? 'itself' : parent.name}
  }
  return undefined
}

/** What is worth saying about the order in which records reach the table, at the start of a drain. */
export function orderNotes(
  queue: Pick<QueueEngine, 'kind' | 'shards'>,
  sinks: Sinks,
  policy: Ordering,
): string[] {
  const ofQueue = haveDeletes(sinks) ? queueNotes(queue, sinks) : []
  const isAlone = policy.workers * policy.fuse.processes === 1
  if (!keepsOrder(sinks, policy)) return [...looseNotes(sinks, policy, isAlone), ...ofQueue]
  const reference = own(sinks)
  const why = haveDeletes(sinks)
    ? 'records delete rows'
    : reference && `${reference.child} refers to ${reference.parent}`
  const note = `${why}, so one lease is worked on at a time; --order free works on several`
  return [...(policy.order === undefined && !isAlone ? [note] : []), ...ofQueue]
}

/** What may go wrong if leases are written in any order. */
function looseNotes(sinks: Sinks, {foreignKeys}: Ordering, isAlone: boolean): string[] {
  // Even one worker goes on behind a lease that failed
  if (haveDeletes(sinks)) return [DELETES]
  if (isAlone) return []
  const reference = foreignKeys.retries === 0 ? own(sinks) : undefined
  return [
    ...(reference
      ? [`with --order free, a record of ${reference.child} is refused while its parent is in another lease`]
      : []),
    ...(haveUnversioned(sinks) ? [UPSERTS] : []),
  ]
}

const DELETES =
  'with --order free, an older record that is written after a delete brings its row back; see docs/deletes.md'

const UPSERTS =
  'several leases are written at a time, so the record of a row that is last in the queue may not be the last to be written; --newest-by COLUMN or --order strict decides'

/** What the queue itself does to the order, or to the records, of a feed. */
function queueNotes({kind, shards}: Pick<QueueEngine, 'kind' | 'shards'>, sinks: Sinks): string[] {
  const isScattered = shards && shards.map.shards > 0 && shards.map.shardBy === undefined
  // A record that repeats an older one with its version changes nothing anyway
  const mayLack = kind === 'zset' && haveUnversioned(sinks)
  return [
    ...(isScattered
      ? [
          'the records of one row are in several shards, which keep no order among each other; spread the queue with --shard-by',
        ]
      : []),
    ...(mayLack
      ? [
          'a sorted set keeps identical records once; for a feed that may repeat a record, make the queue with --engine list or stream',
        ]
      : []),
  ]
}

function haveDeletes({all}: Sinks): boolean {
  return all.some(({upsert}) => upsert?.deletes)
}

function haveUnversioned({all}: Sinks): boolean {
  return all.some(({upsert}) => upsert && upsert.newestBy === undefined)
}
