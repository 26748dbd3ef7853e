import {Letter} from '../../letters/letter.ts'
import {shardOf} from '../placement.ts'
import type {ShardMap} from '../shard-map.ts'
import type {Member} from '../shard-set.ts'
import {arriveFrom, emptyOutbox, lookIntoOutbox, type Moved, type Outbox, packOutbox} from './outbox.ts'

/** Most members and bytes in the outbox of one shard at a time. */
const MOST = 500
const MOST_BYTES = 256 * 1024

export interface MoveOptions {
  map: ShardMap
  /** Its shards, from 1. */
  shards: readonly Member[]
  signal: AbortSignal
  /** Told of everything that has arrived. */
  onMoved(moved: Moved, count: number): void
  /** Told of everything that was looked at. */
  onRead(count: number): void
}

/**
 * Moves all that lies in one member and belongs to other shards: whatever happens in between, each item or letter is in one
 * place or in an outbox, and the next process to continue empties the outboxes first.
 */
export async function moveFrom(from: Member, moved: Moved, options: MoveOptions): Promise<void> {
  const {signal} = options
  await deliver(from, moved, options)
  const search = searchOf(from, moved)
  for await (const page of search.pages()) {
    const misplaced = page.filter((one) => placeOf(one, moved, options.map) !== from.shard)
    for (const some of inParts(misplaced)) {
      if (signal.aborted) return
      await packOutbox(
        from,
        moved,
        options.map.epoch,
        some.map(({member}) => member),
      )
      await deliver(from, moved, options)
    }
    search.removed(misplaced)
    options.onRead(page.length)
    if (signal.aborted) return
  }
}

/** Moves what is in the outboxes to its shards. */
async function deliver(from: Member, moved: Moved, {map, shards, onMoved}: MoveOptions): Promise<void> {
  const outbox = await lookIntoOutbox(from, moved)
  if (!outbox) return
  const parts = new Map<number, Outbox['members']>()
  for (const one of outbox.members) {
    const place = placeOf(one, moved, map)
    parts.set(place, [...(parts.get(place) ?? []), one])
  }
  const {number} = outbox
  await Promise.all(
    [...parts].map(([place, members]) =>
      arriveFrom(from.shard, shards[place - 1], moved, {epoch: map.epoch, number, members}),
    ),
  )
  await emptyOutbox(from, moved, number)
  onMoved(moved, outbox.members.length)
}

interface Movable {
  member: Buffer
  score: number
}

/** A letter is where its item would be put back. */
function placeOf({member, score}: Movable, moved: Moved, map: ShardMap): number {
  return shardOf(moved === 'ready' ? member : new Letter(member, score).item, map)
}

interface Search {
  pages(): AsyncGenerator<Movable[]>
  removed(some: readonly Movable[]): void
}

function searchOf({redis, keys, book, queue}: Member, moved: Moved): Search {
  if (moved === 'ready') return book.calls.search(redis, keys)
  const scan = queue.letters.scan()
  return {pages: () => scan.pages(), removed: (some) => scan.removed(some as Letter[])}
}

function inParts<T extends Movable>(all: readonly T[]): T[][] {
  const parts: T[][] = []
  let bytes = MOST_BYTES
  for (const one of all) {
    if (bytes >= MOST_BYTES || parts[parts.length - 1].length === MOST) {
      parts.push([])
      bytes = 0
    }
    parts[parts.length - 1].push(one)
    bytes += one.member.length
  }
  return parts
}
