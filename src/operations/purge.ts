import {shellWord} from '../config/shell-word.ts'
import type {AuditProgress} from '../queue/audit.ts'
import type {ItemFilter} from '../queue/items/item-filter.ts'
import type {Trash} from '../queue/trash-list.ts'
import {count, plural} from '../render/format.ts'
import type {Context} from './context.ts'
import {drifted} from './drifted.ts'
import {itemFilter} from './item-filter.ts'
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
  return {queue: queue.name, affected, ready, leases, filter, isExact: exact !== undefined}
}

async function countMatching(
  {queue, signal, withProgress}: Context,
  {filter, ready, exact}: {filter: ItemFilter | undefined; ready: number; exact?: ExactPlanning},
): Promise<number> {
  return withProgress('counting', (say) => {
    const onProgress = (read: number, matched: number) =>
      say(`counting: ${count(read)} of ${plural(ready, 'item')}, ${count(matched)} matched`)
    return queue.countMatching({filter, signal, onProgress, onItems: exact?.fingerprint.addItems})
  })
}

async function run({queue, signal}: Context, plan: PurgePlan, progress: AuditProgress): Promise<PurgeResult> {
  const {filter, affected, isExact} = plan
  await queue.freeOldTrash()
  const limit = isExact ? affected : undefined
  const onProgress = (_read: number, purged: number) => {
    progress.count = purged
  }
  const trash = await (filter
    ? queue.clearMatching({filter, signal, onProgress, limit})
    : queue.clear(isExact ? {count: affected} : undefined))
  if (!filter && !trash && isExact) throw drifted(`queue ${queue.name} has changed since it was checked`)
  progress.count = trash?.count ?? 0
  return resultOf(plan, trash)
}

/** All ready items are purged in one step, a filter page by page. */
async function carryOn(context: Context, {where}: PurgeInput, begun: Begun): Promise<PurgeResult> {
  const {queue, signal} = context
  const {moment, affected, done, trash: id} = begun
  await queue.freeOldTrash()
  const filter = where === undefined ? undefined : await itemFilter(context, where, moment.at)
  if (affected > done) {
    const purged = await (filter
      ? queue.clearMatching({filter, signal, onProgress: () => {}, limit: affected, kept: begun})
      : queue.clear({count: affected, kept: begun}))
    if (!filter && !purged) throw drifted(`queue ${queue.name} has changed since it was checked`)
  }
  const trash = (await queue.trash()).find((one) => one.id === id)
  return resultOf({queue: queue.name, affected}, trash)
}

function resultOf(
  {queue, affected: matched}: Pick<PurgePlan, 'queue' | 'affected'>,
  trash: Trash | undefined,
): PurgeResult {
  return {queue, matched, purged: trash?.count ?? 0, trash: trash?.id ?? null, until: trash?.until ?? null}
}
