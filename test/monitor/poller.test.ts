import {expect, it} from 'vitest'
import {Poller} from '../../src/monitor/poller.ts'
import type {Trouble} from '../../src/monitor/trouble.ts'
import {until} from '../support/cli.ts'

/** A listener that keeps what it is told. */
function listener() {
  const heard = {readings: [] as number[], troubles: [] as Trouble[]}
  return {
    heard,
    onReading: (reading: number) => heard.readings.push(reading),
    onTrouble: (trouble: Trouble) => heard.troubles.push(trouble),
  }
}

/** Counts how often it is read, and how many readings are under way at the same time. */
function source() {
  const seen = {reads: 0, now: 0, most: 0, error: undefined as Error | undefined}
  const read = async () => {
    seen.most = Math.max(seen.most, ++seen.now)
    await new Promise((resolve) => setTimeout(resolve, 10))
    seen.now--
    seen.reads++
    if (seen.error) throw seen.error
    return seen.reads
  }
  return {seen, read}
}

const OPTIONS = {everyMs: 20, doing: 'reading a number'}

it('reads nothing before somebody listens, nor after the last has left', async () => {
  const {seen, read} = source()
  const poller = new Poller(read, OPTIONS)
  expect(poller.latest()).toBeUndefined()
  const {heard, ...one} = listener()
  const leave = poller.subscribe(one)
  await until(() => heard.readings.length >= 3)
  // In the middle of a reading, which ends unheard
  await until(() => seen.now === 1)
  leave()
  const told = heard.readings.length
  const {reads} = seen
  const another = listener()
  const leaveAnother = new Poller(source().read, OPTIONS).subscribe(another)
  await until(() => another.heard.readings.length >= 5)
  leaveAnother()
  expect(seen.reads).toBeLessThanOrEqual(reads + 1)
  expect(heard.readings).toHaveLength(told)
})

it('reads as often for fifty listeners as for one, one reading at a time', async () => {
  const {seen, read} = source()
  const poller = new Poller(read, OPTIONS)
  const all = Array.from({length: 50}, listener)
  const leave = all.map((one) => poller.subscribe(one))
  await Promise.all([poller.current(), poller.current()])
  await until(() => all.every(({heard}) => heard.readings.length >= 5))
  for (const end of leave) end()
  expect(seen.most).toBe(1)
  // A listener is told of each reading once
  expect(seen.reads).toBeLessThanOrEqual(Math.max(...all.map(({heard}) => heard.readings.length)) + 1)
})

it('tells a new listener of the latest reading at once', async () => {
  const {seen, read} = source()
  const poller = new Poller(read, {...OPTIONS, everyMs: 60_000})
  const first = listener()
  const leave = poller.subscribe(first)
  await until(() => first.heard.readings.length === 1)
  const second = listener()
  const leaveToo = poller.subscribe(second)
  await until(() => second.heard.readings.length === 1)
  for (const end of [leave, leaveToo]) end()
  expect(seen.reads).toBe(1)
})

it('tells trouble with what was tried, waits longer each time, and heals by itself', async () => {
  const {seen, read} = source()
  const poller = new Poller(read, OPTIONS)
  const {heard, ...one} = listener()
  seen.error = new Error('connection refused')
  const leave = poller.subscribe(one)
  await until(() => heard.troubles.length === 3)
  seen.error = undefined
  await until(() => heard.readings.length > 0)
  leave()
  expect(heard.troubles[0]).toEqual({
    tried: 'reading a number',
    message: 'connection refused',
    since: expect.stringMatching(/^\d{4}-.*Z$/),
    nextTryMs: 20,
  })
  expect(heard.troubles.map(({nextTryMs}) => nextTryMs)).toEqual([20, 40, 80])
  expect(new Set(heard.troubles.map(({since}) => since)).size).toBe(1)
})

it('tells trouble of a reading that takes long, and waits for it', async () => {
  let answer = (_: number) => {}
  const slow = new Promise<number>((resolve) => {
    answer = resolve
  })
  const poller = new Poller(() => slow, OPTIONS)
  const {heard, ...one} = listener()
  const leave = poller.subscribe(one)
  await until(() => heard.troubles.length === 1)
  expect(heard.troubles[0].message).toBe('no answer for 2 s')
  answer(7)
  await until(() => heard.readings.includes(7))
  leave()
})

it('goes on for others when a listener fails', async () => {
  const poller = new Poller(source().read, OPTIONS)
  const broken = {
    onReading: () => {
      throw new Error('its connection is gone')
    },
    onTrouble: () => {},
  }
  const {heard, ...one} = listener()
  const leave = [poller.subscribe(broken), poller.subscribe(one)]
  await until(() => heard.readings.length >= 3)
  for (const end of leave) end()
})

it('rejects for a caller that wants a reading now, and only for that one', async () => {
  const {seen, read} = source()
  const poller = new Poller(read, OPTIONS)
  seen.error = new Error('away')
  await expect(poller.current()).rejects.toThrow('away')
  seen.error = undefined
  await expect(poller.current()).resolves.toBe(2)
  await expect(poller.current()).resolves.toBe(2)
})
