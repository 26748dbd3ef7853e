import type {SearchOptions} from '../engine.ts'
import type {PeekedItem} from '../kinds.ts'
import type {NamedPurge, Restoring} from '../operation-book/hold.ts'
import {newTrashId, type Trash} from '../trash-list.ts'
import {joinTrash} from './join-trash.ts'
import {type Member, ofEach, type ShardSet, sum} from './shard-set.ts'

/** The items that leave next of each shard, merged by the order in which one shard would hand them out. */
export async function peekAll(set: ShardSet, limit: number): Promise<PeekedItem[]> {
  const items = (await ofEach(set, (queue) => queue.peek(limit))).flat()
  return items.sort((a, b) => place(a) - place(b)).slice(0, limit)
}

function place({score}: PeekedItem): number {
  if (score === 'inf') return Number.POSITIVE_INFINITY
  return typeof score === 'number' ? score : Number.NEGATIVE_INFINITY
}

/** Searches every shard, and shows the first of what was found. */
export async function searchAll(
  set: ShardSet,
  options: SearchOptions & {limit: number},
): Promise<{items: PeekedItem[]; searched: number}> {
  const progress = new Progress(options)
  const found = await ofEach(set, (queue, {shard}) =>
    queue.search({...options, onProgress: progress.of(shard)}),
  )
  const items = found.flatMap((one) => one.items).sort((a, b) => place(a) - place(b))
  return {items: items.slice(0, options.limit), searched: sum(found.map(({searched}) => searched))}
}

/** Counts in one shard after the other, so that `onItems` is given all of them in the same order every time. */
export async function countAll(
  set: ShardSet,
  options: SearchOptions & {onItems?: (items: ReadonlyArray<{member: Buffer; score: number}>) => void},
): Promise<number> {
  const progress = new Progress(options)
  let count = 0
  for (const {queue, shard} of await set.members()) {
    if (options.signal.aborted) break
    count += await queue.countMatching({...options, onProgress: progress.of(shard)})
  }
  return count
}

/** Clears every shard under one id. Each is cleared in one step; all of them together are not. */
export async function clearAll(
  set: ShardSet,
  expected?: {count?: number; kept?: NamedPurge},
): Promise<Trash | undefined> {
  const members = await set.members()
  const counts = await Promise.all(members.map(({queue}) => queue.depth()))
  const isExact = expected?.count !== undefined
  if (isExact && sum(counts) !== expected.count) return undefined
  const kept: NamedPurge = expected?.kept ?? {trash: newTrashId()}
  const cleared = await Promise.all(
    members.map(async ({queue}, at) =>
      counts[at] === 0 ? undefined : queue.clear({count: isExact ? counts[at] : undefined, kept}),
    ),
  )
  const trash = joinTrash(cleared.filter((one) => one !== undefined))
  if (!isExact || trash?.count === expected.count) return trash
  // A worker or a producer was faster: all or nothing
  if (trash) await restoreAll(set, trash, new AbortController().signal, {hold: kept.hold})
  return undefined
}

/** Clears what a filter selects of one shard after the other, until the limit is reached. */
export async function clearMatching(
  set: ShardSet,
  options: SearchOptions & {limit?: number; kept?: NamedPurge},
): Promise<Trash | undefined> {
  const {limit = Number.POSITIVE_INFINITY} = options
  const kept: NamedPurge = options.kept ?? {trash: newTrashId()}
  const progress = new Progress(options)
  const members = await set.members()
  const before = await Promise.all(members.map((member) => trashOf(member, kept.trash)))
  const held = before.map((trash) => trash?.count ?? 0)
  for (const [at, {queue, shard}] of members.entries()) {
    const left = limit - sum(held)
    if (left <= 0 || options.signal.aborted) break
    const own = {...kept, done: held[at]}
    const trash = await queue.clearMatching({
      ...options,
      limit: limit === Number.POSITIVE_INFINITY ? undefined : left + held[at],
      kept: own,
      onProgress: progress.of(shard),
    })
    held[at] = trash?.count ?? held[at]
  }
  const after = await Promise.all(members.map((member) => trashOf(member, kept.trash)))
  return joinTrash(after.filter((trash) => trash !== undefined))
}

/** What can be restored: what several shards keep under one id is one. */
export async function trashOfAll(set: ShardSet): Promise<Trash[]> {
  const byId = new Map<string, Trash[]>()
  for (const trash of (await ofEach(set, (queue) => queue.trash())).flat()) {
    byId.set(trash.id, [...(byId.get(trash.id) ?? []), trash])
  }
  return [...byId.values()]
    .flatMap((parts) => joinTrash(parts) ?? [])
    .sort((a, b) => b.at.localeCompare(a.at))
}

export async function restoreAll(
  set: ShardSet,
  {id}: Trash,
  signal: AbortSignal,
  how?: Restoring,
): Promise<number> {
  const restored = await ofEach(set, async (queue, member) => {
    const own = await trashOf(member, id)
    return own ? queue.restore(own, signal, how) : 0
  })
  return sum(restored)
}

async function trashOf({queue}: Member, id: string): Promise<Trash | undefined> {
  return (await queue.trash()).find((trash) => trash.id === id)
}

/** Adds up what the shards report. */
class Progress {
  readonly #read = new Map<number, [read: number, matched: number]>()
  readonly #options: Pick<SearchOptions, 'onProgress'>

  constructor(options: Pick<SearchOptions, 'onProgress'>) {
    this.#options = options
  }

  of(shard: number): SearchOptions['onProgress'] {
    return (read, matched) => {
      this.#read.set(shard, [read, matched])
      const all = [...this.#read.values()]
      this.#options.onProgress(sum(all.map(([one]) => one)), sum(all.map(([, one]) => one)))
    }
  }
}
