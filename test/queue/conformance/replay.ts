import {describe, expect, it} from 'vitest'
import {deadLetterText} from '../../../src/queue/letters/dead-letter.ts'
import {historyField} from '../../../src/queue/letters/history.ts'
import {Letter} from '../../../src/queue/letters/letter.ts'
import {held, nothing} from '../../support/leases.ts'
import {startProxy} from '../../support/proxy.ts'
import type {EngineTests, TestedQueue} from './tested-queue.ts'

const FAILED_AT = 1_700_000_000_000
const CAUSE = {reason: 'foreign_key', code: '23503', message: 'no parent'} as const

export function describeReplaying({context, itIfCan, queueAt, queueOf}: EngineTests): void {
  /** Adds dead letters of qtool with these items, as a worker would. */
  async function fail(queue: TestedQueue, items: string[]): Promise<Letter[]> {
    const texts = items.map((item, i) => letterText(queue.name, i, item))
    await context.redis.zadd(queue.keys.dead, ...texts.flatMap((text, i) => [FAILED_AT + i, text]))
    await context.redis.hincrby(queue.keys.stats, 'dead:foreign_key', texts.length)
    return texts.map((text, i) => new Letter(Buffer.from(text), FAILED_AT + i))
  }

  const outcomeOf = ({keys}: TestedQueue, run: string, item: string) =>
    context.redis.hget(keys.canary, `${run}:${historyField(Buffer.from(item))}`)

  describe('replaying dead letters', () => {
    it('moves every item once, in its order and with its exact text', async () => {
      const items = Array.from({length: 1234}, (_, i) => `{"n":${i}, "x":1.10,"é":9007199254740993}`)
      const queue = await queueOf()
      const replayed = await queue.replay(await fail(queue, items))
      expect(replayed.moved).toHaveLength(1234)
      expect(replayed).toMatchObject({waiting: 0, gone: []})
      expect(await queue.ready()).toEqual(items)
      expect(await queue.letters()).toEqual([])
      expect(await queue.counters()).toMatchObject({'dead:foreign_key': '0'})
    })

    it('takes any bytes from letters of other programs', async () => {
      const queue = await queueOf()
      const member = Buffer.from([0x7b, 0xff, 0x00])
      await context.redis.zadd(queue.keys.dead, 5, member)
      expect(await queue.replay([new Letter(member, 5)])).toMatchObject({waiting: 0, gone: []})
      expect(await queue.readyBytes()).toEqual([member])
    })

    it('tells which letters somebody else has taken away', async () => {
      const queue = await queueOf()
      const letters = await fail(queue, ['{"n":0}', '{"n":1}', '{"n":2}'])
      await context.redis.zrem(queue.keys.dead, letters[1].member)
      const replayed = await queue.replay(letters)
      expect(replayed.moved).toEqual([letters[0], letters[2]])
      expect(replayed.gone).toEqual([letters[1]])
      expect(await queue.ready()).toEqual(['{"n":0}', '{"n":2}'])
    })

    itIfCan('collapse')('leaves a letter whose item is ready already', async () => {
      const queue = await queueOf('{"n":1}')
      const letters = await fail(queue, ['{"n":0}', '{"n":1}', '{"n":2}'])
      const replayed = await queue.replay(letters)
      expect(replayed).toMatchObject({waiting: 1, gone: []})
      expect(replayed.moved).toEqual([letters[0], letters[2]])
      expect(await queue.letters()).toEqual([String(letters[1].member)])
      expect(await queue.engine.depth()).toBe(3)
    })

    it('counts each letter once if replies are lost, though workers take the items meanwhile', async () => {
      const queue = await queueOf()
      const items = Array.from({length: 2000}, (_, i) => `{"n":${i}}`)
      const letters = await fail(queue, items)
      const proxy = await startProxy(context.reach.port())
      const redis = context.reach.through(proxy.port, {})
      const cut = proxy.onRequest('one:0', 'cut-after-reply', 5)
      const taken: string[] = []
      let isDone = false
      const taker = (async () => {
        while (!isDone || (await queue.engine.depth()) > 0) taken.push(...(await queue.pop(100)))
      })()
      const replayed = await queueAt(redis, queue.name).replay(letters)
      await cut
      isDone = true
      await taker
      redis.disconnect()
      await proxy.close()
      expect(replayed.moved).toHaveLength(2000)
      expect(replayed).toMatchObject({waiting: 0, gone: []})
      expect(taken.sort()).toEqual(items.sort())
    })
  })

  describe('an item that was replayed', () => {
    it('is leased with its past failures, which end with it', async () => {
      const queue = await queueOf()
      await queue.replay(await fail(queue, ['{"n":0}']))
      await queue.push('{"n":1}')
      const lease = held(await queue.take(9))
      const index = lease.items.item(0).toString() === '{"n":0}' ? 0 : 1
      expect(lease.mayBeReplayed).toBe(true)
      expect([...lease.pastFailures.keys()]).toEqual([index])
      expect(lease.pastFailures.get(index)).toMatchObject([CAUSE])
      await queue.engine.settle(lease, {...nothing, inserted: 2})
      expect(await context.redis.exists(queue.keys.history)).toBe(0)
    })

    it('is reported to the run that replayed it', async () => {
      const queue = await queueOf()
      const run = '0a1b-2c'
      const [written, failed, open] = ['{"n":0}', '{"n":1}', '{"n":2}']
      await queue.replay(await fail(queue, [written, failed, open]), run)
      expect(await outcomeOf(queue, run, written)).toBe('open')
      const lease = held(await queue.take(2))
      const texts = [0, 1].map((i) => String(lease.items.item(i)))
      expect(texts).toEqual([written, failed])
      const head = {id: `${lease.id}:1`, queue: queue.name, failedAt: 1, attempts: 1, score: 1}
      const letter = {failedAt: 1, text: deadLetterText(head, CAUSE, lease.items.item(1))}
      await queue.engine.settle(lease, {...nothing, inserted: 1, deadLetters: [letter]})
      const outcomes = await Promise.all([written, failed, open].map((item) => outcomeOf(queue, run, item)))
      expect(outcomes).toEqual(['written', 'failed', 'open'])
    })
  })
}

function letterText(queue: string, index: number, item: string): string {
  const id = `one:${String(index).padStart(5, '0')}`
  const head = {id, queue, failedAt: FAILED_AT + index, attempts: 1, score: index}
  return deadLetterText(head, CAUSE, Buffer.from(item))
}
