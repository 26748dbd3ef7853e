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
  queue: Pick<QueueEngine, 'kind' | 'shards'>,
  sinks: Sinks,
  policy: Pick<Policy, 'order' | 'workers' | 'fuse'>,
): string[] {
  const isAlone = policy.workers * policy.fuse.processes === 1
  const isKept = keepsOrder(sinks, policy)
  if (haveDeletes(sinks)) return [deleteNote(isKept, isAlone), ...queueNotes(queue, sinks)].filter(isString)
  return haveUnversioned(sinks) && !isKept && !isAlone ? [UPSERTS] : []
}

const UPSERTS =
  'several leases are written at a time, so the record of a row that is last in the queue may not be the last to be written; --newest-by COLUMN or --order strict decides'

function deleteNote(isKept: boolean, isAlone: boolean): string | undefined {
  if (!isKept) {
    return 'with --order free, an older record that is written after a delete brings its row back; see docs/deletes.md'
  }
  return isAlone
    ? undefined
    : 'records delete rows, so one lease is worked on at a time; --order free works on several'
}

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

function isString(text: string | undefined): text is string {
  return text !== undefined
}
