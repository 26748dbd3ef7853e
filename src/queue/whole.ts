import {OPERATIONS_KEY, singleKeys} from '../redis/keys.ts'
import {clientFor} from '../redis/route.ts'
import type {LeaseBook} from './lease-book/book.ts'
import {leaseIds} from './lease-book/repair.ts'

/** Counts the items of a queue where they are: ready, in each lease, and in the dead letters. */
export async function countItems(
  book: LeaseBook,
): Promise<{ready: number; leased: number; deadLetters: number}> {
  const {redis, keys} = book
  const ids = await leaseIds(book)
  const held = await Promise.all(ids.map((id) => redis.zcard(keys.lease(id))))
  const [ready, deadLetters] = await Promise.all([redis.zcard(keys.ready), redis.zcard(keys.dead)])
  return {ready, leased: held.reduce((sum, count) => sum + count, 0), deadLetters}
}

/** Removes every key of a queue. @param takers ids of the loops whose last turns go as well; those of others expire */
export async function destroyQueue(book: LeaseBook, takers: Iterable<string>): Promise<void> {
  const {redis, keys} = book
  const [ids, operations] = await Promise.all([leaseIds(book), redis.zrange(keys.operations, '0', '-1')])
  if (operations.length > 0) {
    await (await clientFor(redis, OPERATIONS_KEY)).hdel(OPERATIONS_KEY, ...operations)
  }
  const own = [...ids.map(keys.lease), ...operations.map(keys.operation), ...[...takers].map(keys.taker)]
  await redis.unlink(...singleKeys(keys), ...own)
}
