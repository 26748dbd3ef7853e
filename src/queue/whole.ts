import {singleKeys} from '../redis/keys.ts'
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
  const ids = await leaseIds(book)
  await redis.unlink(...singleKeys(keys), ...ids.map(keys.lease), ...[...takers].map(keys.taker))
}
