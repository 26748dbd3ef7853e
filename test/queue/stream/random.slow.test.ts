import {describe, expect, it} from 'vitest'
import {deadLetterText} from '../../../src/queue/letters/dead-letter.ts'
import {Letter} from '../../../src/queue/letters/letter.ts'
import type {Trash} from '../../../src/queue/trash-list.ts'
import {held, nothing} from '../../support/leases.ts'
import {randomInt} from '../../support/seeded.ts'
import {type TestedQueue, useEngine} from '../conformance/tested-queue.ts'
import {groupsOf, STREAM_UNDER_TEST} from './under-test.ts'

const tests = useEngine(STREAM_UNDER_TEST)
const {signal} = new AbortController()
const onProgress = () => {}

/** Where each item is, kept beside the queue. */
class Model {
  ready: string[] = []
  leases = new Map<string, string[]>()
  trash = new Map<string, {trash: Trash; items: string[]}>()
  letters: Array<{item: string; letter: Letter}> = []
  done: string[] = []
  made = 0
}

type Step = (queue: TestedQueue, model: Model, pick: (n: number) => number) => Promise<void>

const STEPS: Record<string, Step> = {
  async push({keys}, model, pick) {
    for (let i = 0; i <= pick(30); i++) {
      const n = model.made++
      const isOwn = pick(2) === 0
      const fields = isOwn ? ['item', `{"n":${n}}`] : ['n', String(n), 'kind', 'foreign']
      await tests.context.redis.xadd(keys.ready, '*', ...fields)
      model.ready.push(isOwn ? `{"n":${n}}` : `{"n":"${n}","kind":"foreign"}`)
    }
  },
  async take(queue, model, pick) {
    const take = await queue.take(1 + pick(20))
    if (take.state !== 'lease') return expect(model.ready).toEqual([])
    const {id, items} = take.lease
    const texts = Array.from({length: items.count}, (_, i) => items.item(i).toString())
    model.ready = without(model.ready, texts)
    model.leases.set(id, texts)
    expect((await queue.leased(id)).sort()).toEqual([...texts].sort())
  },
  async takeOver(queue, model, pick) {
    const id = [...model.leases.keys()][pick(Math.max(1, model.leases.size))]
    if (!id) return
    await queue.expire(id)
    const lease = held(await queue.take(1))
    expect(lease.id).toBe(id)
    const texts = Array.from({length: lease.items.count}, (_, i) => lease.items.item(i).toString())
    expect(texts).toEqual(model.leases.get(id))
    const failing = texts.slice(0, pick(texts.length + 1))
    const waiting = texts.slice(failing.length, failing.length + pick(3))
    const deadLetters = failing.map((item, i) => letterOf(lease.id, queue.name, item, i))
    const postponed = waiting.map((text) => ({score: 7, text}))
    expect(await queue.engine.settle(lease, {...nothing, deadLetters, postponed, postponeMs: 1e6})).toBe(
      'held',
    )
    model.leases.delete(id)
    for (const [i, item] of failing.entries()) {
      model.letters.push({item, letter: new Letter(Buffer.from(deadLetters[i].text), 5)})
    }
    const times = Number(/\.f(\d+)[^f]*$/.exec(id)?.[1] ?? 0)
    if (waiting.length > 0) model.leases.set(`${id}.f${times + 1}`, waiting)
    model.done.push(...texts.slice(failing.length + waiting.length))
  },
  async split(queue, model, pick) {
    const id = [...model.leases.keys()][pick(Math.max(1, model.leases.size))]
    if (!id || (model.leases.get(id)?.length ?? 0) < 2) return
    await queue.expire(id)
    const lease = held(await queue.take(1))
    expect(await queue.engine.split(lease, 1)).toBe('held')
    const items = model.leases.get(id) ?? []
    model.leases.delete(id)
    const middle = Math.floor(items.length / 2)
    model.leases.set(`${id}.1`, items.slice(0, middle))
    model.leases.set(`${id}.2`, items.slice(middle))
    for (const half of [1, 2])
      expect(await queue.leased(`${id}.${half}`)).toEqual(model.leases.get(`${id}.${half}`))
    // Nobody is to take them before this test does
    for (const half of [1, 2])
      await tests.context.redis.zadd(queue.keys.leases, Date.now() + 1e9, `${id}.${half}`)
  },
  async clear(queue, model) {
    const trash = await queue.engine.clear()
    expect(trash?.count ?? 0).toBe(model.ready.length)
    if (trash) model.trash.set(trash.id, {trash, items: model.ready})
    model.ready = []
  },
  async restore(queue, model, pick) {
    const [id, kept] = [...model.trash][pick(Math.max(1, model.trash.size))] ?? []
    if (!id || !kept) return
    expect(await queue.engine.restore(kept.trash, signal)).toBe(kept.items.length)
    model.ready.push(...kept.items)
    model.trash.delete(id)
  },
  async replay(queue, model, pick) {
    const some = model.letters.splice(0, pick(10))
    expect((await queue.replay(some.map(({letter}) => letter))).moved).toHaveLength(some.length)
    model.ready.push(...some.map(({item}) => item))
  },
  async discard(queue, model, pick) {
    const limit = 1 + pick(5)
    const first = (await queue.engine.peek(limit)).map(({payload}) => payload)
    const trash = await queue.engine.clearMatching({signal, onProgress, limit})
    if (!trash) return expect(first).toEqual([])
    expect(trash.count).toBe(first.length)
    model.trash.set(trash.id, {trash, items: first})
    model.ready = without(model.ready, first)
  },
}

const OF_ONE_GROUP = Object.keys(STEPS)
const OF_SEVERAL = OF_ONE_GROUP.filter((name) => name !== 'discard')

async function run(seed: number, names: string[], queue: TestedQueue, model: Model) {
  const pick = randomInt(seed)
  for (let step = 0; step < 60; step++) {
    const name = names[pick(names.length)]
    await STEPS[name](queue, model, pick)
    const held = [...model.leases.values()].flat()
    const counted = {ready: model.ready.length, leased: held.length, deadLetters: model.letters.length}
    expect(await queue.engine.countItems(), `step ${step}, ${name}`).toEqual(counted)
    expect(await queue.engine.depth(), `step ${step}, ${name}`).toBe(model.ready.length)
    const {ready, leased} = await queue.engine.inspect()
    expect({ready, leased}, `step ${step}, ${name}`).toEqual({ready: counted.ready, leased: counted.leased})
    expect((await queue.ready()).sort(), `step ${step}, ${name}`).toEqual([...model.ready].sort())
    const peeked = (await queue.engine.peek(10_000)).map(({payload}) => payload)
    expect(peeked, `step ${step}, ${name}`).toEqual(await queue.ready())
  }
}

/** Settles every lease and takes what is left. */
async function drain(queue: TestedQueue, model: Model) {
  for (const id of model.leases.keys()) await queue.expire(id)
  for (;;) {
    const take = await queue.take(50)
    if (take.state !== 'lease') break
    const {items} = take.lease
    model.done.push(...Array.from({length: items.count}, (_, i) => items.item(i).toString()))
    await queue.engine.settle(take.lease, nothing)
  }
  const rest = [...model.trash.values()].flatMap(({items}) => items)
  const all = [...model.done, ...rest, ...model.letters.map(({item}) => item)]
  expect(all.map(numberOf).sort((a, b) => a - b)).toEqual(Array.from({length: model.made}, (_, i) => i))
}

describe('any sequence of changes of a stream', () => {
  it.each(Array.from({length: 12}, (_, i) => i + 1))(
    'has every item in one place (seed %d)',
    async (seed) => {
      const queue = await tests.queueOf()
      const model = new Model()
      await run(seed, OF_ONE_GROUP, queue, model)
      await drain(queue, model)
      if (model.trash.size > 0) return
      expect(await tests.context.redis.xlen(queue.keys.ready)).toBe(0)
      const [own] = await groupsOf(tests.context.redis, queue.keys.ready)
      expect(own ?? {consumers: 0, pending: 0}).toMatchObject({consumers: 0, pending: 0})
    },
  )

  it.each([101, 102, 103, 104])('leaves another group everything (seed %d)', async (seed) => {
    const queue = await tests.queueOf()
    const {redis} = tests.context
    const {ready} = queue.keys
    await redis.xgroup('CREATE', ready, 'other', '0', 'MKSTREAM')
    const model = new Model()
    await STEPS.push(queue, model, () => 25)
    await redis.xreadgroup('GROUP', 'other', 'reader', 'COUNT', 10, 'STREAMS', ready, '>')
    const before = await redis.xpending(ready, 'other', '-', '+', 100)
    await run(seed, OF_SEVERAL, queue, model)
    await drain(queue, model)
    const after = await redis.xpending(ready, 'other', '-', '+', 100)
    const untimed = (all: unknown) =>
      (all as unknown[][]).map(([id, consumer, , times]) => [id, consumer, times])
    expect(untimed(after)).toEqual(untimed(before))
    const read = (await redis.xreadgroup('GROUP', 'other', 'reader', 'STREAMS', ready, '>')) as Array<
      [string, Array<[string, string[]]>]
    > | null
    const seen = (read?.[0][1] ?? []).map(([, fields]) => numberOf(fields.join('":"')))
    expect(seen).toEqual(Array.from({length: model.made - 10}, (_, i) => i + 10))
  })
})

function without(all: string[], some: string[]): string[] {
  const gone = new Set(some)
  expect(some.filter((item) => !all.includes(item))).toEqual([])
  return all.filter((item) => !gone.has(item))
}

function numberOf(item: string): number {
  return Number(/n":"?(\d+)/.exec(item)?.[1])
}

function letterOf(lease: string, queue: string, item: string, index: number) {
  const head = {id: `${lease}:${index}`, queue, failedAt: 5, attempts: 1, score: 1}
  const cause = {reason: 'invalid', code: '22P02', message: 'no'} as const
  return {failedAt: 5, text: deadLetterText(head, cause, Buffer.from(item))}
}
