import {expect, it} from 'vitest'
import {openedLate} from '../../src/monitor/opened-late.ts'
import type {Watched} from '../../src/monitor/queue-monitor.ts'

/** A server that can go away; what it was asked is written down. */
function server() {
  const asked: string[] = []
  const at = {isAway: false, asked}
  const ask = async (what: string) => {
    asked.push(what)
    if (at.isAway) throw new Error('away')
  }
  const queue = {
    name: 'orders',
    inspect: () => ask('inspect'),
    explain: async () => new Error('explained'),
  } as unknown as Watched
  const open = async () => {
    await ask('open')
    return queue
  }
  return {at, queue: openedLate('orders', open)}
}

it('is opened once, by the first reading', async () => {
  const {at, queue} = server()
  expect(at.asked).toEqual([])
  await queue.inspect()
  await queue.inspect()
  expect(at.asked).toEqual(['open', 'inspect', 'inspect'])
})

it('is opened anew after a reading that failed, and asks nothing to explain why', async () => {
  const {at, queue} = server()
  await queue.inspect()
  at.isAway = true
  await expect(queue.inspect()).rejects.toThrow('away')
  expect(await queue.explain(new Error('away'))).toMatchObject({message: 'explained'})
  await expect(queue.inspect()).rejects.toThrow('away')
  at.isAway = false
  await queue.inspect()
  expect(at.asked).toEqual(['open', 'inspect', 'inspect', 'open', 'open', 'inspect'])
})

it('leaves an error as it is where the queue was never opened', async () => {
  const {at, queue} = server()
  at.isAway = true
  const error = new Error('away')
  await expect(queue.inspect()).rejects.toThrow('away')
  expect(await queue.explain(error)).toBe(error)
})
