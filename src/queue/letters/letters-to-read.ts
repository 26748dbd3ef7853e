import type {Redis} from 'ioredis'
import type {LetterFilter} from './letter-filter.ts'
import {rangesOfIds} from './letter-ids.ts'
import {scoreRanges, scoreText} from './letter-range.ts'

/**
 * How many letters a scan with this filter reads, found without reading them. Fewer are read if it ends at its limit,
 * and more if letters are not where their ids say.
 */
export async function countLettersToRead(
  redis: Redis,
  key: string,
  filter: LetterFilter = {},
): Promise<number> {
  const {ids, sinceMs, beforeMs} = filter
  if (!ids && sinceMs === undefined && beforeMs === undefined) return redis.zcard(key)
  const ranges = ids ? rangesOfIds(ids) : scoreRanges(filter)
  const counts = ranges.map(({from, until}) =>
    redis.zcount(key, scoreText(from), Number.isFinite(until) ? `(${scoreText(until)}` : scoreText(until)),
  )
  return (await Promise.all(counts)).reduce((sum, one) => sum + one, 0)
}
