import {isUtf8} from 'node:buffer'
import type {SearchOptions} from '../engine.ts'
import type {EngineCalls, OpenedBook} from '../engine-calls.ts'
import type {PeekedItem, ReadyItem} from '../kinds.ts'
import {redisNow} from '../letters/letter-scan.ts'

/** The items that leave next, in that order, without taking them. */
export async function peekItems({redis, keys, calls}: OpenedBook, limit: number): Promise<PeekedItem[]> {
  const [nowMs, items] = await Promise.all([redisNow(redis), calls.peek(redis, keys, limit)])
  return items.map((item) => peeked(item, nowMs, calls))
}

/** The first of the items that a filter selects, and how many items were read for them. */
export async function peekMatching(
  {redis, keys, calls}: OpenedBook,
  options: SearchOptions & {limit: number},
): Promise<{items: PeekedItem[]; searched: number}> {
  const nowMs = await redisNow(redis)
  const search = calls.search(redis, keys, options.filter)
  const items: PeekedItem[] = []
  for await (const found of search.pages()) {
    for (const item of found.slice(0, options.limit - items.length)) items.push(peeked(item, nowMs, calls))
    options.onProgress(search.read, items.length)
    if (items.length === options.limit || options.signal.aborted) break
  }
  return {items, searched: search.read}
}

function peeked({member, score}: ReadyItem, nowMs: number, {timesOf, scoreOf}: EngineCalls): PeekedItem {
  const {priority, enqueuedAt} = timesOf(score, nowMs)
  const payloadEncoding = isUtf8(member) ? 'utf8' : 'base64'
  return {
    score: scoreOf(score),
    priority,
    enqueuedAt: enqueuedAt === undefined ? null : new Date(enqueuedAt).toISOString(),
    bytes: member.length,
    payload: member.toString(payloadEncoding),
    payloadEncoding,
  }
}
