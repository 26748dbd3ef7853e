import type {Redis} from 'ioredis'
import {Letter} from './letter.ts'
import {endOf, readPage, type Scored, startOf} from './letter-page.ts'
import {type ScoreRange, timedRanges, untimedRanges} from './letter-time.ts'

/** Bytes after which a window ends, however many letters it was meant to hold: each may take a MiB. */
const WINDOW_BYTES = 64 * 1024 * 1024

/**
 * Pages of the newest dead letters, newest first; those without a known time come last. Letters that come in
 * meanwhile are left out.
 * @param most letters to read; fewer if they are large
 */
export async function* newestLetters(
  redis: Redis,
  key: string,
  {most, records}: {most: number; records?: readonly string[]},
): AsyncGenerator<Letter[]> {
  const left = {letters: most, bytes: WINDOW_BYTES}
  for (const range of [...timedRanges().reverse(), ...untimedRanges().reverse()]) {
    for await (const page of within(redis, key, range, left)) {
      yield page.map(({member, score}) => new Letter(member, score, records))
    }
  }
}

async function* within(
  redis: Redis,
  key: string,
  range: ScoreRange,
  left: {letters: number; bytes: number},
): AsyncGenerator<Scored[]> {
  let cursor = startOf(range, 'down')
  while (left.letters > 0 && left.bytes > 0) {
    const page = await readPage(redis, key, cursor, range, {order: 'down', most: left.letters})
    if (page.length === 0) return
    cursor = endOf(page, cursor)
    left.letters -= page.length
    for (const {member} of page) left.bytes -= member.length
    yield page
  }
}
