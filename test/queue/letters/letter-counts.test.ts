import {expect, it} from 'vitest'
import {purgeItems, restoreItems} from '../../../src/queue/item-trash.ts'
import {deadLetterText} from '../../../src/queue/letters/dead-letter.ts'
import {editLetters, undoEdit} from '../../../src/queue/letters/edit-letters.ts'
import {Letter} from '../../../src/queue/letters/letter.ts'
import {countPlanned} from '../../../src/queue/letters/letter-plan.ts'
import {discardLetters, purgeAllLetters} from '../../../src/queue/letters/purge-letters.ts'
import {Replayer} from '../../../src/queue/letters/replay.ts'
import {restoreLetters} from '../../../src/queue/letters/restore-letters.ts'
import {openQueue} from '../../../src/queue/open.ts'
import {Enqueuer} from '../../../src/queue/sending/enqueuer.ts'
import {listTrash, newTrashId} from '../../../src/queue/trash-list.ts'
import {verifyCounts} from '../../../src/queue/verify-counts.ts'
import {ScoreClock} from '../../../src/queue/zset/score.ts'
import {setWriter} from '../../../src/queue/zset/set-writer.ts'
import type {QueueKeys} from '../../../src/redis/keys.ts'
import {seeded} from '../../bench/measure/seeded.ts'
import {useServers} from '../../support/context.ts'
import {expectSpans, expectTimes} from '../../support/letter-times.ts'
import {seedLetters} from '../../support/letters.ts'
import {setBook} from '../../support/set-book.ts'

const context = useServers()
const {signal} = new AbortController()
const REASONS = ['malformed', 'invalid', 'foreign_key', 'constraint', 'retries_exhausted', 'poison'] as const

/** The letters of each reason, counted from the members themselves. */
async function countOutside(keys: QueueKeys): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const member of await context.redis.zrange(keys.dead, '0', '-1')) {
    const letter = parse(member)
    if (letter?.qtool === 1) counts[`dead:${letter.reason}`] = (counts[`dead:${letter.reason}`] ?? 0) + 1
  }
  return counts
}

function parse(member: string): {qtool?: number; reason?: string} | undefined {
  try {
    return JSON.parse(member)
  } catch {
    return undefined
  }
}

async function countInside(keys: QueueKeys): Promise<Record<string, number>> {
  const stats = Object.entries(await context.redis.hgetall(keys.stats))
  return Object.fromEntries(
    stats.flatMap(([field, value]) =>
      field.startsWith('dead:') && value !== '0' ? [[field, Number(value)] as const] : [],
    ),
  )
}

/** Does at random what people do to a queue. */
class Monkey {
  enqueued = 0
  readonly keys: QueueKeys
  readonly queue: string
  readonly #random: () => number
  #items = 0
  #turn = 0

  constructor(at: {queue: string; keys: QueueKeys}, seed: number) {
    this.keys = at.keys
    this.queue = at.queue
    this.#random = seeded(seed)
  }

  readonly #actions = [
    () => this.#enqueue(),
    () => this.#work(),
    () => this.#work(),
    () => this.#replay(),
    () => this.#edit(),
    () => this.#discard(),
    () => this.#purge(),
    () => this.#undo(),
    () => this.#interfere(),
  ]

  async act(): Promise<string> {
    const action = this.#pick(this.#actions)
    await action()
    return String(action)
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)]
  }

  async #enqueue(): Promise<void> {
    const writer = setWriter(this.keys.ready, new ScoreClock(0, Date.now))
    const book = setBook(context.redis, this.keys)
    const enqueuer = await Enqueuer.open(book, {mode: 'batch', batch: 5, writer})
    for (let i = 0; i < 12; i++) {
      // Now and then one that may be there already
      const n = this.#random() < 0.2 ? Math.floor(this.#random() * this.#items) : this.#items++
      const item = Buffer.from(`{"n":${n}}`)
      await enqueuer.add(item, 0, item.length)
    }
    await enqueuer.finish()
    await enqueuer.close()
    this.enqueued += enqueuer.added
  }

  async #work(): Promise<void> {
    const turn = ++this.#turn
    const queue = await openQueue(context.redis, {name: this.queue})
    const take = await queue.take({taker: 'monkey', turn, count: 6, lengthMs: 60_000})
    if (take.state !== 'lease') return
    const {lease} = take
    const deadLetters = Array.from({length: lease.items.count}, (_, i) => i)
      .filter(() => this.#random() < 0.6)
      .map((i) => {
        const head = {id: `${turn}:${i}`, queue: this.queue, failedAt: lease.takenAt, attempts: 1, score: i}
        const cause = {reason: this.#pick(REASONS), code: 'X', message: 'm"'}
        return {failedAt: lease.takenAt, text: deadLetterText(head, cause, lease.items.item(i))}
      })
    const outcome = {
      inserted: lease.items.count - deadLetters.length,
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
    }
    await queue.settle(lease, outcome)
    await queue.settle(lease, outcome)
  }

  async #some(): Promise<Letter[]> {
    const members = await context.redis.zrange(this.keys.dead, '0', '-1', 'WITHSCORES')
    return members.flatMap((member, i) =>
      i % 2 === 0 && this.#random() < 0.3 ? [new Letter(Buffer.from(member), Number(members[i + 1]))] : [],
    )
  }

  async #replay(): Promise<void> {
    const letters = await this.#some()
    await new Replayer(setBook(context.redis, this.keys), Date.now()).replay([
      ...letters,
      ...letters.slice(0, 2),
    ])
  }

  async #edit(): Promise<void> {
    const letters = await this.#some()
    const edits = letters.map((letter) => ({
      letter,
      item: Buffer.from(`{"n":${Math.floor(this.#random() * 50)}}`),
    }))
    const run = {trash: newTrashId(), by: 'me@here', at: 1.8e12}
    await editLetters(context.redis, this.keys, run, edits)
    await editLetters(context.redis, this.keys, run, edits)
  }

  async #discard(): Promise<void> {
    const letters = await this.#some()
    const id = newTrashId()
    await discardLetters(context.redis, this.keys, id, letters)
    await discardLetters(context.redis, this.keys, id, letters)
  }

  async #purge(): Promise<void> {
    const [chance, later] = [this.#random(), this.#random()]
    if (chance < 0.2) await purgeItems(setBook(context.redis, this.keys))
    else if (chance < 0.5) await purgeAllLetters(context.redis, this.keys)
    else {
      // A plan from before some of the letters came in
      const scores = await context.redis.zrange(this.keys.dead, '0', '-1', 'WITHSCORES')
      const at = Number(scores[2 * Math.floor((later * scores.length) / 2) + 1] ?? 0)
      const plan = {at, leases: new Set<string>()}
      const count = await countPlanned(context.redis, this.keys, plan)
      await purgeAllLetters(context.redis, this.keys, {plan, count})
    }
  }

  async #undo(): Promise<void> {
    const trash = await listTrash(context.redis, this.keys)
    if (trash.length === 0) return
    const one = this.#pick(trash)
    if (one.kind === 'edit') await undoEdit(context.redis, this.keys, one.id, signal)
    else if (one.kind === 'dead') await restoreLetters(context.redis, this.keys, one, signal)
    else await restoreItems(setBook(context.redis, this.keys), one, signal)
  }

  /** Another program writes letters and items of its own, which look a little like ours. */
  async #interfere(): Promise<void> {
    const n = Math.floor(this.#random() * 1000)
    await context.redis.zadd(this.keys.dead, n, `{"id":"${n}","payload":"{}","reason":"invalid"}`)
    await context.redis.zadd(this.keys.ready, n, `{"other":${n}}`)
  }
}

it.each([1, 2, 3, 4, 5, 6])('counts letters by reason whatever people do (seed %d)', async (seed) => {
  const at = context.newQueue()
  const monkey = new Monkey(at, seed)
  for (let step = 0; step < 150; step++) {
    const action = await monkey.act()
    const message = `step ${step}: ${action}`
    expect(await countInside(at.keys), message).toEqual(await countOutside(at.keys))
    await expectSpans(context, at.keys, message)
    if (step % 10 === 0) await expectTimes(context, at, message)
    // Counts again and tightens the spans; nothing was wrong
    if (step % 50 === 49) {
      const found = await verifyCounts(context.redis, at.keys, {signal})
      expect(found, message).toMatchObject({mended: [], mendedTimes: []})
      await expectSpans(context, at.keys, message)
    }
  }
  expect(await context.redis.hget(at.keys.stats, 'enqueued')).toBe(String(monkey.enqueued))
})

it('counts what a purge by pieces and its undo by pieces move', async () => {
  const at = context.newQueue()
  const texts = Array.from({length: 900}, (_, i) =>
    deadLetterText(
      {id: `l:${i}`, queue: at.queue, failedAt: 1.7e12 + i, attempts: 1, score: 1},
      {reason: REASONS[i % 3], code: 'X', message: 'm'},
      Buffer.from(`{"n":${i}}`),
    ),
  )
  const members = texts.flatMap((text, i) => [1.7e12 + i, text])
  await context.redis.zadd(at.keys.dead, ...members)
  await context.redis.hset(at.keys.stats, {
    'dead:malformed': 300,
    'dead:invalid': 300,
    'dead:foreign_key': 300,
  })
  const letters = texts.map((text, i) => new Letter(Buffer.from(text), 1.7e12 + i))
  const id = newTrashId()
  await discardLetters(context.redis, at.keys, id, letters.slice(0, 700))
  expect(await countInside(at.keys)).toEqual(await countOutside(at.keys))
  const [trash] = await listTrash(context.redis, at.keys)
  // Some exist again: with the 200 that stayed, they make the undo work in pieces
  await context.redis.zadd(at.keys.dead, ...members.slice(0, 20))
  await context.redis.hincrby(at.keys.stats, 'dead:malformed', 4)
  await context.redis.hincrby(at.keys.stats, 'dead:invalid', 3)
  await context.redis.hincrby(at.keys.stats, 'dead:foreign_key', 3)
  expect(await restoreLetters(context.redis, at.keys, trash, signal)).toBe(690)
  expect(await countInside(at.keys)).toEqual(await countOutside(at.keys))
  expect(await context.redis.zcard(at.keys.dead)).toBe(900)
})

it('counts a letter once that has come again before the purge of its like was undone', async () => {
  const at = context.newQueue()
  await seedLetters(
    context,
    at,
    Array.from({length: 5}, (_, i) => ({
      payload: `{"n":${i}}`,
      reason: REASONS[i % 3 === 0 ? 1 : 2] as 'invalid',
    })),
  )
  const [again, score] = await context.redis.zrange(at.keys.dead, '0', '0', 'WITHSCORES')
  const trash = await purgeAllLetters(context.redis, at.keys)
  if (!trash) throw new Error('nothing was purged')
  expect(await countInside(at.keys)).toEqual({})
  await context.redis.zadd(at.keys.dead, score, again)
  await context.redis.hincrby(at.keys.stats, 'dead:invalid', 1)
  expect(await restoreLetters(context.redis, at.keys, trash, signal)).toBe(4)
  expect(await countInside(at.keys)).toEqual({'dead:invalid': 2, 'dead:foreign_key': 3})
  expect(await countInside(at.keys)).toEqual(await countOutside(at.keys))
})
