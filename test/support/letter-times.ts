import {expect} from 'vitest'
import {inspectQueue} from '../../src/queue/inspect.ts'
import type {QueueKeys} from '../../src/redis/keys.ts'
import type {TestContext} from './context.ts'
import {setBook} from './set-book.ts'

interface Times {
  first: number
  last: number
}

/** First and last failure of the letters of each reason, from the members themselves. */
export async function timesOutside(context: TestContext, keys: QueueKeys): Promise<Map<string, Times>> {
  const times = new Map<string, Times>()
  const flat = await context.redis.zrange(keys.dead, '0', '-1', 'WITHSCORES')
  for (let i = 0; i < flat.length; i += 2) {
    const letter = parse(flat[i])
    if (letter?.qtool !== 1 || !letter.reason) continue
    const at = Number(flat[i + 1])
    const {first, last} = times.get(letter.reason) ?? {first: at, last: at}
    times.set(letter.reason, {first: Math.min(first, at), last: Math.max(last, at)})
  }
  return times
}

/** The spans that are kept claim all that there is, and nothing that is not. */
export async function expectSpans(context: TestContext, keys: QueueKeys, message?: string): Promise<void> {
  const stats = await context.redis.hgetall(keys.stats)
  const actual = await timesOutside(context, keys)
  const kept = Object.keys(stats).flatMap((field) =>
    stats[field] === '' ? [] : (/^failed:(.*)$/.exec(field)?.[1] ?? []),
  )
  expect(kept.sort(), message).toEqual([...actual.keys()].sort())
  for (const [reason, {first, last}] of actual) {
    const told = /^(\d+):(\d+)(\+?):(\d+)(-?)$/.exec(stats[`failed:${reason}`]) ?? []
    const [, letters, from, isLater, to, isEarlier] = told
    expect(letters, message).toBe(stats[`dead:${reason}`])
    if (isLater) expect(Number(from), message).toBeLessThanOrEqual(first)
    else expect(Number(from), message).toBe(first)
    if (isEarlier) expect(Number(to), message).toBeGreaterThanOrEqual(last)
    else expect(Number(to), message).toBe(last)
  }
}

/** Among so few letters, every time is found. */
export async function expectTimes(
  context: TestContext,
  at: {queue: string; keys: QueueKeys},
  message?: string,
): Promise<void> {
  const {timesByReason} = await inspectQueue(setBook(context.redis, at.keys), at.queue)
  const expected = [...(await timesOutside(context, at.keys))].map(([reason, {first, last}]) => [
    reason,
    {
      firstFailedAt: new Date(first).toISOString(),
      isFirstExact: true,
      lastFailedAt: new Date(last).toISOString(),
      isLastExact: true,
    },
  ])
  expect(timesByReason, message).toEqual(Object.fromEntries(expected))
}

function parse(member: string): {qtool?: number; reason?: string} | undefined {
  try {
    return JSON.parse(member)
  } catch {
    return undefined
  }
}
