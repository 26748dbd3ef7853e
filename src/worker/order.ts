import type {QueueEngine} from '../queue/engine.ts'
import type {Sinks} from '../sink/sinks.ts'
import type {Policy} from './policy.ts'

/**
 * Whether leases are worked on one at a time, whoever holds them. Records that delete rows need that: a delete leaves no
 * trace that would keep an older record, written after it, from bringing its row back.
 */
export function keepsOrder(sinks: Sinks, {order}: Pick<Policy, 'order'>): boolean {
  return order === undefined ? haveDeletes(sinks) : order === 'strict'
}

/** What is worth saying about the order in which records reach the table, at the start of a drain. */
export function orderNotes(
  {kind, shards}: Pick<QueueEngine, 'kind' | 'shards'>,
  sinks: Sinks,
  policy: Pick<Policy, 'order' | 'workers' | 'fuse'>,
): string[] {
  if (!haveDeletes(sinks)) return []
  const notes: string[] = []
  const workers = policy.workers * policy.fuse.processes
  if (!keepsOrder(sinks, policy)) {
    notes.push(
      'with --order free, an older record that is written after a delete brings its row back; see docs/deletes.md',
    )
  } else if (workers > 1) {
    notes.push('records delete rows, so one lease is worked on at a time; --order free works on several')
  }
  if (shards && shards.map.shards > 0 && shards.map.shardBy === undefined) {
    notes.push(
      'the records of one row are in several shards, which keep no order among each other; spread the queue with --shard-by',
    )
  }
  // A record that repeats an older one with its version changes nothing anyway
  if (kind === 'zset' && sinks.all.some(({upsert}) => upsert?.deletes && upsert.newestBy === undefined)) {
    notes.push(
      'a sorted set keeps identical records once; for a feed that may repeat a record, make the queue with --engine list or stream',
    )
  }
  return notes
}

function haveDeletes({all}: Sinks): boolean {
  return all.some(({upsert}) => upsert?.deletes)
}
