import {shellWord} from '../config/shell-word.ts'
import type {AuditProgress} from '../queue/audit.ts'
import type {Trash} from '../queue/trash-list.ts'
import type {ItemFilter} from '../queue/zset/item-filter.ts'
import {count, plural} from '../render/format.ts'
import type {Context} from './context.ts'
import {itemFilter} from './item-filter.ts'
import type {Operation, Plan} from './operation.ts'

export interface PurgeInput {
  /** All ready items if left out. */
  where?: string
}

export interface PurgePlan extends Plan {
  queue: string
  /** Ready items of the queue. */
  ready: number
  /** Leases held by workers, which stay. */
  leases: number
  filter: ItemFilter | undefined
}

/** Removes ready items of a queue; the result, for `undo`, is undefined if there were none any more. */
export const PURGE: Operation<PurgeInput, PurgePlan, Trash | undefined> = {
  action: 'purge',
  describe: ({where}) => (where === undefined ? 'all' : `--where ${shellWord(where)}`),
  plan,
  run,
}

async function plan(context: Context, {where}: PurgeInput): Promise<PurgePlan> {
  const {queue} = context
  const filter = where === undefined ? undefined : await itemFilter(context, where)
  const [ready, leases] = await Promise.all([queue.depth(), queue.countLeases()])
  const affected = filter ? await countMatching(context, {filter, ready}) : ready
  return {queue: queue.name, affected, ready, leases, filter}
}

async function countMatching(
  {queue, signal, withProgress}: Context,
  {filter, ready}: {filter: ItemFilter; ready: number},
): Promise<number> {
  return withProgress('counting', (say) => {
    const onProgress = (read: number, matched: number) =>
      say(`counting: ${count(read)} of ${plural(ready, 'item')}, ${count(matched)} matched`)
    return queue.countMatching({filter, signal, onProgress})
  })
}

async function run(
  {queue, signal}: Context,
  {filter}: PurgePlan,
  progress: AuditProgress,
): Promise<Trash | undefined> {
  await queue.freeOldTrash()
  const onProgress = (_read: number, purged: number) => {
    progress.count = purged
  }
  const trash = await (filter ? queue.clearMatching({filter, signal, onProgress}) : queue.clear())
  progress.count = trash?.count ?? 0
  return trash
}
