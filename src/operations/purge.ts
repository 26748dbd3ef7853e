import {shellWord} from '../config/shell-word.ts'
import {pinAges} from '../filter/pin-ages.ts'
import type {Stage} from '../progress/stage.ts'
import type {AuditProgress} from '../queue/audit.ts'
import type {ItemFilter} from '../queue/items/item-filter.ts'
import type {Trash} from '../queue/trash-list.ts'
import type {Context} from './context.ts'
import {drifted} from './drifted.ts'
import {itemFilter, readingItems} from './item-filter.ts'
import type {Begun, ExactPlanning, Operation, Plan} from './operation.ts'

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
  /** The filter as it reads at any later time. */
  pinned?: string
  /** No more may be removed than was planned. */
  isExact: boolean
}

export interface PurgeResult {
  queue: string
  /** Ready items that it counted before it asked. */
  matched: number
  purged: number
  /** For `qtool undo`; null if nothing was purged. */
  trash: string | null
  /** RFC 3339. */
  until: string | null
}

/** Removes ready items of a queue: all at once, or those that a filter selects. */
export const PURGE: Operation<PurgeInput, PurgePlan, PurgeResult> = {
  action: 'purge',
  inputs: ['where'],
  describe: ({where}) => (where === undefined ? 'all' : `--where ${shellWord(where)}`),
  plan,
  preview: (plan) => resultOf(plan, undefined),
  run,
  carryOn,
}

async function plan(context: Context, {where}: PurgeInput, exact?: ExactPlanning): Promise<PurgePlan> {
  const {queue} = context
  const filter = where === undefined ? undefined : await itemFilter(context, where, exact?.moment.at)
  if (filter) await queue.assertClearable()
  const [ready, leases] = await Promise.all([queue.depth(), queue.countLeases()])
  const affected = filter || exact ? await countMatching(context, {filter, ready, exact}) : ready
  const pinned = where === undefined || !filter ? undefined : pinAges(where, filter.nowMs)
  return {queue: queue.name, affected, ready, leases, filter, pinned, isExact: exact !== undefined}
}

async function countMatching(
  {queue, signal, withProgress}: Context,
  {filter, ready, exact}: {filter: ItemFilter | undefined; ready: number; exact?: ExactPlanning},
): Promise<number> {
  return withProgress(readingItems('counting', ready), (report) => {
    const onProgress = (done: number, matched: number) =>
      report({done, also: filter && [{count: matched, what: 'matched'}]})
    return queue.countMatching({filter, signal, onProgress, onItems: exact?.fingerprint.addItems})
  })
}

async function run(
  {queue, signal, withProgress}: Context,
  plan: PurgePlan,
  progress: AuditProgress,
): Promise<PurgeResult> {
  const {filter, affected, isExact} = plan
  await queue.freeOldTrash()
  const limit = isExact ? affected : undefined
  const trash = await withProgress(purging(plan), (report) => {
    const onProgress = (_read: number, purged: number) => {
      progress.count = purged
      report(purgedOf(purged, affected))
    }
    if (!filter) return queue.clear(isExact ? {count: affected} : undefined)
    return queue.clearMatching({filter, signal, onProgress, limit})
  })
  if (!filter && !trash && isExact) throw drifted(`queue ${queue.name} has changed since it was checked`)
  progress.count = trash?.count ?? 0
  return resultOf(plan, trash)
}

/** All ready items are purged in one step, a filter page by page. */
async function carryOn(context: Context, {where}: PurgeInput, begun: Begun): Promise<PurgeResult> {
  const {queue, signal, withProgress} = context
  const {moment, affected, done, trash: id} = begun
  await queue.freeOldTrash()
  const filter = where === undefined ? undefined : await itemFilter(context, where, moment.at)
  if (affected > done) {
    const purged = await withProgress(purging({affected}), (report) => {
      const onProgress = (_read: number, count: number) => report(purgedOf(count, affected))
      if (!filter) return queue.clear({count: affected, kept: begun})
      return queue.clearMatching({filter, signal, onProgress, limit: affected, kept: begun})
    })
    if (!filter && !purged) throw drifted(`queue ${queue.name} has changed since it was checked`)
  }
  const trash = (await queue.trash()).find((one) => one.id === id)
  return resultOf({queue: queue.name, affected}, trash)
}

/** A stage that purges as many items as were counted. */
function purging({affected, pinned}: Pick<PurgePlan, 'affected' | 'pinned'>): Stage {
  const continued = pinned === undefined ? undefined : () => ({flags: {where: pinned}})
  return {doing: 'purging', unit: 'item', continued, ...purgedOf(0, affected)}
}

function purgedOf(done: number, total: number): Partial<Stage> {
  return {done, total, did: {verb: 'purged', count: done, unit: 'ready item', of: total}}
}

function resultOf(
  {queue, affected: matched}: Pick<PurgePlan, 'queue' | 'affected'>,
  trash: Trash | undefined,
): PurgeResult {
  return {queue, matched, purged: trash?.count ?? 0, trash: trash?.id ?? null, until: trash?.until ?? null}
}
