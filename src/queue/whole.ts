import {OPERATIONS_KEY, singleKeys} from '../redis/keys.ts'
import {clientFor} from '../redis/route.ts'
import {runScript} from '../redis/script.ts'
import type {LeaseBook} from './lease-book/book.ts'
import {leaseIds} from './lease-book/repair.ts'
import {composeScript} from './lua-engine.ts'

/* KEYS[1] ready items   KEYS[2] items of a lease, or again the ready ones. Returns how many there are. */
const SIZE = composeScript(
  'size',
  (engine) => `#!lua flags=no-writes,allow-stale
${engine.size}
return size(KEYS[2], true)`,
)

/** Counts the items of a queue where they are: ready, in each lease, and in the dead letters. */
export async function countItems(
  book: LeaseBook,
): Promise<{ready: number; leased: number; deadLetters: number}> {
  const {redis, keys, engine} = book
  const sizeOf = async (key: string) => Number(await runScript(redis, SIZE(engine), [keys.ready, key], []))
  const ids = await leaseIds(book)
  const held = await Promise.all(ids.map((id) => sizeOf(keys.lease(id))))
  const [ready, deadLetters] = await Promise.all([sizeOf(keys.ready), redis.zcard(keys.dead)])
  return {ready, leased: held.reduce((sum, count) => sum + count, 0), deadLetters}
}

/** Removes every key of a queue. @param takers ids of the loops whose last turns go as well; those of others expire */
export async function destroyQueue(book: LeaseBook, takers: Iterable<string>): Promise<void> {
  const {redis, keys, engine} = book
  const [ids, operations] = await Promise.all([leaseIds(book), redis.zrange(keys.operations, '0', '-1')])
  if (operations.length > 0) {
    await (await clientFor(redis, OPERATIONS_KEY)).hdel(OPERATIONS_KEY, ...operations)
  }
  const own = [...ids.map(keys.lease), ...operations.map(keys.operation), ...[...takers].map(keys.taker)]
  await runScript(redis, LEAVE(engine), [keys.ready], [])
  const others = singleKeys(keys).filter((key) => key !== keys.ready)
  await redis.unlink(...others, ...own)
}

/* KEYS[1] ready items */
const LEAVE = composeScript(
  'leave',
  (engine) => `#!lua flags=allow-oom
${engine.leave ?? "local function leave() redis.call('UNLINK', KEYS[1]) end"}
leave()`,
)
