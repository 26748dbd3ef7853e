import type {Redis} from 'ioredis'
import {nameOf} from './kinds.ts'

/** The letters of one kind, as they lie in Redis. */
export interface Counted {
  letters: number
  records: number
  /** ms since 1970. */
  firstMs: number
  lastMs: number
  /** Of the payloads' own texts: whatever a test asks of them. */
  payloads: string[]
}

const PAGE = 10_000

/** Reads every member of a sorted set of dead letters, and counts them without qtool. */
export async function countLetters(redis: Redis, key: string): Promise<Map<string, Counted>> {
  const kinds = new Map<string, Counted>()
  for (let from = 0; ; from += PAGE) {
    const page = await redis.zrange(key, `${from}`, `${from + PAGE - 1}`, 'WITHSCORES')
    for (let i = 0; i < page.length; i += 2) add(kinds, page[i], Number(page[i + 1]))
    if (page.length < 2 * PAGE) return kinds
  }
}

function add(kinds: Map<string, Counted>, member: string, ms: number): void {
  const letter = JSON.parse(member)
  const {reason, code = null, column = null, constraint = null} = letter
  const name = nameOf({reason, code, column, constraint})
  const counted = kinds.get(name) ?? {letters: 0, records: 0, firstMs: ms, lastMs: ms, payloads: []}
  kinds.set(name, counted)
  counted.letters++
  counted.records += letter.qtool === 1 ? 1 : (letter.points?.length ?? 1)
  counted.firstMs = Math.min(counted.firstMs, ms)
  counted.lastMs = Math.max(counted.lastMs, ms)
  counted.payloads.push(letter.payload ?? member)
}

/** How many letters there are of each kind. */
export function lettersOf(kinds: Map<string, Counted>): Record<string, number> {
  return Object.fromEntries([...kinds].map(([name, {letters}]) => [name, letters]))
}
