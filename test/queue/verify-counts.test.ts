import {describe, expect, it} from 'vitest'
import {inspectQueue} from '../../src/queue/inspect.ts'
import {deadLetterText} from '../../src/queue/letters/dead-letter.ts'
import {Letter} from '../../src/queue/letters/letter.ts'
import {discardLetters, purgeAllLetters} from '../../src/queue/letters/purge-letters.ts'
import {Replayer} from '../../src/queue/letters/replay.ts'
import {restoreLetters} from '../../src/queue/letters/restore-letters.ts'
import {listTrash} from '../../src/queue/trash-list.ts'
import {verifyCounts} from '../../src/queue/verify-counts.ts'
import type {QueueKeys} from '../../src/redis/keys.ts'
import {renderInspection} from '../../src/render/inspect.ts'
import {useServers} from '../support/context.ts'
import {expectSpans} from '../support/letter-times.ts'
import {setBook} from '../support/set-book.ts'

const context = useServers()
const {signal} = new AbortController()
const REASONS = ['malformed', 'invalid', 'constraint'] as const

function letterOf(i: number, failedAt: number): Letter {
  const head = {id: `l:${i}`, queue: 'q', failedAt, attempts: 1, score: 1}
  const cause = {reason: REASONS[i % 3], code: 'X', message: 'm'}
  return new Letter(Buffer.from(deadLetterText(head, cause, Buffer.from(`{"n":${i}}`))), failedAt)
}

/**
 * Letters whose counters are wrong, since they were added without a script: some have the same time, some are
 * foreign.
 */
async function lettersOf(count: number) {
  const at = context.newQueue()
  const letters = Array.from({length: count}, (_, i) => letterOf(i, 1.7e12 + Math.floor(i / 700)))
  await context.redis.zadd(at.keys.dead, ...letters.flatMap(({score, member}) => [score, member]))
  for (let i = 0; i < 50; i++) await context.redis.zadd(at.keys.dead, i * 1e11, `{"foreign":${i}}`)
  await context.redis.hset(at.keys.stats, {'dead:invalid': count + 99, 'dead:poison': 5, fence: 7})
  return {...at, letters}
}

async function countOutside(keys: QueueKeys): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const member of await context.redis.zrange(keys.dead, '0', '-1')) {
    const letter = JSON.parse(member)
    if (letter.qtool) counts[letter.reason] = (counts[letter.reason] ?? 0) + 1
  }
  return counts
}

async function countInside({queue, keys}: {queue: string; keys: QueueKeys}) {
  const found = await inspectQueue(setBook(context.redis, keys), queue)
  return found.deadLettersByReason
}

describe('verifyCounts', () => {
  it('says which counters were off, and corrects them', async () => {
    const at = await lettersOf(3000)
    expect((await inspectQueue(setBook(context.redis, at.keys), at.queue)).warnings).toHaveLength(1)
    const found = await verifyCounts(context.redis, at.keys, {signal})
    expect(found?.letters).toBe(3050)
    expect(found?.mended).toEqual(
      expect.arrayContaining([
        {counter: 'dead:malformed', before: 0, after: 1000},
        {counter: 'dead:invalid', before: 3099, after: 1000},
        {counter: 'dead:constraint', before: 0, after: 1000},
        {counter: 'dead:poison', before: 5, after: 0},
      ]),
    )
    expect(found?.mended).toHaveLength(4)
    const after = await inspectQueue(setBook(context.redis, at.keys), at.queue)
    expect(after).toMatchObject({deadLetters: 3050, foreignDeadLetters: 50, warnings: []})
    expect(await countInside(at)).toEqual({malformed: 1000, invalid: 1000, constraint: 1000})
    expect(await verifyCounts(context.redis, at.keys, {signal})).toEqual({
      letters: 3050,
      mended: [],
      mendedTimes: [],
    })
    expect(await context.redis.hkeys(at.keys.stats)).not.toContain('verify_score')
    expect(await context.redis.hget(at.keys.stats, 'fence')).toBe('7')
  })

  it.each([1, 2, 3])(
    'is exact while others take letters away and bring them, everywhere (%d)',
    async (round) => {
      const at = await lettersOf(2800)
      const {redis} = context
      const pool = [...at.letters]
      const random = (n: number) => Math.floor(((pool.length * 48_271 * round) % 9973) % n)
      let pages = 0
      const acts: Array<Promise<unknown>> = []
      const onProgress = () => {
        pages++
        // Letters before, after and right at the place that the count has reached, where 700 have the same time
        const some = Array.from({length: 40}, () => pool.splice(random(pool.length), 1)[0])
        acts.push(new Replayer(setBook(redis, at.keys), 1).replay(some.slice(0, 20)))
        acts.push(discardLetters(redis, at.keys, `trash${pages}`, some.slice(20)))
        acts.push(
          listTrash(redis, at.keys).then(async ([trash]) => {
            // In pieces, since the trash holds fewer letters than the queue
            if (trash && pages % 2 === 0) await restoreLetters(redis, at.keys, trash, signal)
          }),
        )
      }
      await verifyCounts(redis, at.keys, {signal, onProgress})
      await Promise.all(acts)
      expect(pages).toBeGreaterThan(4)
      expect(await countInside(at)).toEqual(await countOutside(at.keys))
      await expectSpans(context, at.keys)
    },
  )

  it('says which times were wrong, and corrects them', async () => {
    const at = await lettersOf(3000)
    await verifyCounts(context.redis, at.keys, {signal})
    // The first and the last of each reason are of these milliseconds
    const [first, last] = [1_700_000_000_000, 1_700_000_000_004]
    await context.redis.hset(at.keys.stats, {
      'failed:malformed': `1000:${first + 1}+:${last}`,
      'failed:invalid': `1000:${first}:${last + 1}`,
      // Less than is known, but not wrong
      'failed:constraint': `1000:${first - 5}+:${last + 5}-`,
    })
    const found = await verifyCounts(context.redis, at.keys, {signal})
    expect(found?.mended).toEqual([])
    const after = {
      firstFailedAt: '2023-11-14T22:13:20.000Z',
      isFirstExact: true,
      lastFailedAt: '2023-11-14T22:13:20.004Z',
      isLastExact: true,
    }
    const wrong = [
      {
        reason: 'malformed',
        before: {...after, firstFailedAt: '2023-11-14T22:13:20.001Z', isFirstExact: false},
        after,
      },
      {reason: 'invalid', before: {...after, lastFailedAt: '2023-11-14T22:13:20.005Z'}, after},
    ]
    expect(found?.mendedTimes).toEqual(expect.arrayContaining(wrong))
    expect(found?.mendedTimes).toHaveLength(2)
    for (const reason of REASONS)
      expect(await context.redis.hget(at.keys.stats, `failed:${reason}`)).toBe(`1000:${first}:${last}`)
    const text = renderInspection({
      ...(await inspectQueue(setBook(context.redis, at.keys), at.queue)),
      verified: found ?? null,
    })
    expect(text).toContain('2 counters corrected')
    expect(text).toMatch(/first failure, malformed +2023-11-14T22:13:20.001Z +2023-11-14T22:13:20.000Z/)
  })

  it('finds its place again where the letter of that place is gone', async () => {
    const at = await lettersOf(1800)
    const replayer = new Replayer(setBook(context.redis, at.keys), 1)
    const order = await context.redis.zrange(at.keys.dead, '0', '-1')
    // Redis knows the script from here on, so that the calls below go out before the next page
    await replayer.replay([letterOf(9999, 1)])
    let pages = 0
    const onProgress = () => {
      // The last letter of the first page, which is the place that the count has reached
      if (++pages === 1) void replayer.replay([new Letter(Buffer.from(order[499]), 1.7e12)])
    }
    await verifyCounts(context.redis, at.keys, {signal, onProgress})
    expect(await countInside(at)).toEqual(await countOutside(at.keys))
    expect(await context.redis.zcard(at.keys.dead)).toBe(1849)
  })

  it('begins again where a purge of everything made its count void', async () => {
    const at = await lettersOf(1500)
    let pages = 0
    const onProgress = () => {
      if (++pages === 1) void purgeAllLetters(context.redis, at.keys)
    }
    const found = await verifyCounts(context.redis, at.keys, {signal, onProgress})
    expect(found).toEqual({letters: 0, mended: [], mendedTimes: []})
    expect(await countInside(at)).toEqual({})
  })

  it('changes nothing where it is interrupted', async () => {
    const at = await lettersOf(1500)
    const stop = new AbortController()
    const found = await verifyCounts(context.redis, at.keys, {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    })
    expect(found).toBeUndefined()
    expect(await context.redis.hget(at.keys.stats, 'dead:poison')).toBe('5')
    expect(await context.redis.hget(at.keys.stats, 'verify_score')).toBeNull()
  })
})
