import {beforeAll, describe, expect, it} from 'vitest'
import {inspectQueue} from '../../../src/queue/inspect.ts'
import {Letter} from '../../../src/queue/letters/letter.ts'
import {surveyAll, surveyNewest} from '../../../src/queue/letters/letter-survey.ts'
import {discardLetters, purgeAllLetters} from '../../../src/queue/letters/purge-letters.ts'
import {restoreLetters} from '../../../src/queue/letters/restore-letters.ts'
import {openQueue} from '../../../src/queue/open.ts'
import {verifyCounts} from '../../../src/queue/verify-counts.ts'
import type {QueueKeys} from '../../../src/redis/keys.ts'
import {callsOf} from '../../support/calls.ts'
import {useServers} from '../../support/context.ts'
import {setBook} from '../../support/set-book.ts'

const context = useServers()
const {signal} = new AbortController()
const AT = 1_764_000_000_000
const LETTERS = 100_000
/** Of all letters only these, in the middle, failed for another reason. */
const RARE = [40_000, 40_001, 60_000]

const reasonOf = (n: number) => (RARE.includes(n) ? 'poison' : 'invalid')

/** As qtool writes it, put together by hand. */
function letter(n: number, reason = reasonOf(n)): string {
  const head = `{"qtool":1,"id":"l:${n}","queue":"q","reason":"${reason}","code":"X","message":"m"`
  return `${head},"failedAt":"2026-11-24T12:00:00.000Z","attempts":1,"score":1,"payload":"{\\"n\\":${n}}"}`
}

const asLetter = (n: number) => new Letter(Buffer.from(letter(n)), AT + n)
const time = (n: number) => new Date(AT + n).toISOString()
const exactly = (first: number, last: number) => ({
  firstFailedAt: time(first),
  isFirstExact: true,
  lastFailedAt: time(last),
  isLastExact: true,
})

interface Place {
  queue: string
  keys: QueueKeys
}

let turn = 0

/** Puts letters into a queue by one lease, as a worker does. */
async function settle({queue: name, keys}: Place, from: number, count: number): Promise<void> {
  const queue = await openQueue(context.redis, {name})
  await context.redis.zadd(keys.ready, 1, `{"n":${from}}`)
  const take = await queue.take({taker: 't', turn: ++turn, count: 1, lengthMs: 60_000})
  if (take.state !== 'lease') throw new Error(`no lease: ${take.state}`)
  const deadLetters = Array.from({length: count}, (_, i) => ({
    failedAt: AT + from + i,
    text: letter(from + i),
  }))
  await queue.settle(take.lease, {
    inserted: 0,
    alreadyThere: 0,
    updated: 0,
    superseded: 0,
    deleted: 0,
    alreadyGone: 0,
    suppressed: 0,
    empty: 0,
    postponed: [],
    postponeMs: 0,
    deadLetters,
  })
}

async function settled(): Promise<Place> {
  const at = context.newQueue()
  for (let from = 0; from < LETTERS; from += 5000) await settle(at, from, 5000)
  return at
}

const look = ({queue, keys}: Place) => inspectQueue(setBook(context.redis, keys), queue)

describe('a reason that is rare among a hundred thousand letters', () => {
  let at: Place
  beforeAll(async () => {
    at = await settled()
  })
  const others = exactly(0, LETTERS - 1)

  it('has its times from the counters, without a search', async () => {
    const expected = {poison: exactly(40_000, 60_000), invalid: others}
    // The snapshot, and the memory of two keys
    const calls = await callsOf(context.redis, 'evalsha', async () => {
      expect((await look(at)).timesByReason).toEqual(expected)
    })
    expect(calls.length).toBeLessThanOrEqual(3)
    const survey = await surveyNewest(setBook(context.redis, at.keys), {show: 1})
    expect(survey).toMatchObject({grouped: 5000, timesByReason: expected, foreignTimes: null})
    expect(await surveyAll(context.redis, at.keys)).toMatchObject({timesByReason: expected})
  })

  it('is told within what is known once its first letter was removed', async () => {
    await discardLetters(context.redis, at.keys, 'one', [asLetter(40_000)])
    // The next one is within reach
    expect((await look(at)).timesByReason.poison).toEqual(exactly(40_001, 60_000))
    await discardLetters(context.redis, at.keys, 'two', [asLetter(40_001)])
    const {poison, invalid} = (await look(at)).timesByReason
    expect(poison).toMatchObject({isFirstExact: false, lastFailedAt: time(60_000), isLastExact: true})
    expect(Date.parse(poison.firstFailedAt ?? '')).toBeGreaterThanOrEqual(AT + 40_001)
    expect(Date.parse(poison.firstFailedAt ?? '')).toBeLessThanOrEqual(AT + 60_000)
    expect(invalid).toEqual(others)
  })

  it('is exact again after a count', async () => {
    expect(await verifyCounts(context.redis, at.keys, {signal})).toMatchObject({mended: [], mendedTimes: []})
    expect((await look(at)).timesByReason.poison).toEqual(exactly(60_000, 60_000))
  })

  it('keeps its times through a purge and its undo', async () => {
    const trash = await purgeAllLetters(context.redis, at.keys)
    expect((await look(at)).timesByReason).toEqual({})
    if (trash) await restoreLetters(context.redis, at.keys, trash, signal)
    expect((await look(at)).timesByReason).toEqual({poison: exactly(60_000, 60_000), invalid: others})
  })

  it('begins anew once none of its letters is left', async () => {
    await discardLetters(context.redis, at.keys, 'three', [asLetter(60_000)])
    expect((await look(at)).timesByReason).toEqual({invalid: others})
    await settle(at, 40_000, 1)
    expect((await look(at)).timesByReason).toEqual({poison: exactly(40_000, 40_000), invalid: others})
  })

  it('is not told by a span that an earlier qtool did not keep', async () => {
    await context.redis.zadd(at.keys.dead, AT - 1, letter(-1, 'poison'))
    await context.redis.hincrby(at.keys.stats, 'dead:poison', 1)
    const {poison} = (await look(at)).timesByReason
    // Its first letter is found at the end of the set; the last may be anywhere before the newest thousand
    expect(poison).toMatchObject({firstFailedAt: time(-1), isFirstExact: true, isLastExact: false})
    expect(Date.parse(poison.lastFailedAt ?? '')).toBeGreaterThanOrEqual(AT + 40_000)
    // Nor does it come back while such letters are left
    await settle(at, 60_000, 1)
    expect((await look(at)).timesByReason.poison).toMatchObject({isLastExact: false})
    await verifyCounts(context.redis, at.keys, {signal})
    expect((await look(at)).timesByReason.poison).toEqual(exactly(-1, 60_000))
  })
})

it('knows the times of other programs in every unit, and those that tell none', async () => {
  const at = context.newQueue()
  await settle(at, 0, 10)
  expect((await look(at)).foreignTimes).toBeNull()
  await context.redis.zadd(at.keys.dead, 7, 'untimed', '-inf', 'endless')
  expect(await look(at)).toMatchObject({
    foreignDeadLetters: 2,
    foreignTimes: {firstFailedAt: null, lastFailedAt: null},
  })
  await context.redis.zadd(at.keys.dead, (AT - 5000) / 1e3, 'seconds', (AT + 20) * 1e3, 'micros', AT, 'ms')
  const {foreignTimes, timesByReason} = await look(at)
  expect(foreignTimes).toEqual(exactly(-5000, 20))
  expect(timesByReason).toEqual({invalid: exactly(0, 9)})
})

it('says that the times of other programs lie further in where qtool has many letters before them', async () => {
  const at = context.newQueue()
  await settle(at, 0, 5000)
  await context.redis.zadd(at.keys.dead, AT + 2500, 'in the middle')
  const {foreignTimes} = await look(at)
  expect(foreignTimes).toMatchObject({isFirstExact: false, isLastExact: false})
  expect(Date.parse(foreignTimes?.firstFailedAt ?? '')).toBeLessThanOrEqual(AT + 2500)
  expect(Date.parse(foreignTimes?.lastFailedAt ?? '')).toBeGreaterThanOrEqual(AT + 2500)
})
