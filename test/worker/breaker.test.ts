import {afterEach, expect, it, vi} from 'vitest'
import {Breaker, isBrokenCircuit} from '../../src/worker/breaker.ts'
import {until} from '../support/cli.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const HOUR_MS = 3_600_000
const away = () => Promise.reject(new Error('away'))

/** A breaker that has just opened, and what it told. */
async function opened(): Promise<{breaker: Breaker; states: string[]}> {
  const states: string[] = []
  const breaker = new Breaker(
    () => true,
    (state) => states.push(state),
  )
  while (breaker.state === 'closed') await breaker.run(away).catch(() => {})
  return {breaker, states}
}

async function isRefused(breaker: Breaker): Promise<boolean> {
  return breaker.run(away).then(() => false, isBrokenCircuit)
}

it.each([-HOUR_MS, 0, HOUR_MS])('waits as long as ever where the clock is set by %i ms', async (ms) => {
  const {breaker, states} = await opened()
  const {now} = Date
  vi.spyOn(Date, 'now').mockImplementation(() => now() + ms)
  expect(await isRefused(breaker)).toBe(true)
  await until(async () => !(await isRefused(breaker)))
  expect(states).toEqual(['open', 'half-open', 'open'])
})

it('lets one call through, however many ask, and waits again where that fails', async () => {
  const {breaker} = await opened()
  let calls = 0
  const probe = async () => {
    calls++
    return away()
  }
  const ask = () => Promise.allSettled(Array.from({length: 20}, () => breaker.run(probe)))
  await until(async () => (await ask()) && calls > 0)
  expect(calls).toBe(1)
  expect(await isRefused(breaker)).toBe(true)
})

it('closes where that call succeeds', async () => {
  const {breaker, states} = await opened()
  await until(() => breaker.run(async () => true).catch(() => false))
  expect(breaker.state).toBe('closed')
  expect(states).toEqual(['open', 'half-open', 'closed'])
})
