import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {runScript} from '../redis/script.ts'
import {brokenField} from './broken-key.ts'
import type {LeaseBook} from './lease-book/book.ts'
import {redisNow} from './letters/letter-scan.ts'
import {composeScript} from './lua-engine.ts'

/** What can be restored: purged items, purged dead letters, or dead letters as they were before an edit. */
export type TrashKind = 'ready' | 'dead' | 'edit'

/** One purge or edit that can be undone. */
export interface Trash {
  id: string
  kind: TrashKind
  count: number
  /** RFC 3339, by the clock of Redis. */
  at: string
  /** RFC 3339: after that it is freed. */
  until: string
}

/** How long a purge or an edit can be undone. */
export const TRASH_MS = 24 * 3_600_000

export function newTrashId(): string {
  return randomUUID().slice(0, 8)
}

/** What can be restored, newest first. */
export async function listTrash(redis: Redis, keys: QueueKeys): Promise<Trash[]> {
  const entries = Object.entries(await redis.hgetall(keys.trash))
  return entries
    .map(([id, text]) => {
      const trash = parseTrash(id, text)
      if (trash) return trash
      throw brokenField(keys.trash, id, {
        expected: 'what qtool keeps of a purge',
        found: text,
        mend: `HDEL ${keys.trash} ${id} removes the field; the purge that it is of cannot be undone`,
      })
    })
    .sort((a, b) => b.at.localeCompare(a.at))
}

export function parseTrash(id: string, text: string): Trash | undefined {
  const [, kind, count, ms] = /^(\w+) (\d+) (\d{1,15})\b/.exec(text) ?? []
  if (kind === undefined) return undefined
  const at = new Date(Number(ms)).toISOString()
  const until = new Date(Number(ms) + TRASH_MS).toISOString()
  return {id, kind: kind as TrashKind, count: Number(count), at, until}
}

/**
 * Frees what nobody has restored in time. UNLINK instead of EXPIRE: by default Redis frees an expired key
 * synchronously, and a million members would block it.
 */
export async function freeOldTrash({redis, keys, engine}: LeaseBook): Promise<void> {
  const entries = Object.entries(await redis.hgetall(keys.trash))
  // Neither a purge nor a worker is to fail because of a field that somebody broke
  const trash = entries.flatMap(([id, text]) => parseTrash(id, text) ?? [])
  if (trash.length === 0) return
  const now = await redisNow(redis)
  const old = trash.filter(({until}) => Date.parse(until) < now)
  if (old.length === 0) return
  const freed = old.filter(({kind}) => kind === 'ready' && engine.free !== undefined)
  await Promise.all(freed.map(({id}) => runScript(redis, FREE(engine), [keys.ready, keys.trashed(id)], [])))
  await redis.unlink(...old.map(({id}) => keys.trashed(id)))
  await redis.hdel(keys.trash, ...old.map(({id}) => id))
}

/* KEYS[1] ready items   KEYS[2] a trash of ready items */
const FREE = composeScript(
  'free',
  (engine) => `#!lua flags=allow-oom
${engine.free ?? 'local function free() end'}
free(KEYS[2])`,
)
