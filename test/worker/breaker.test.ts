import {afterEach, expect, it, vi} from 'vitest'
import {Breaker, isBrokenCircuit} from '../../src/worker/breaker.ts'
import {until} from '../support/cli.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const HOUR_MS = 3_600_000
const away = () => Promise.reject(new Error('away'))

/** A breaker that has just opened, and the states that it reported. */
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

it('asks at once where somebody says that the server is back', async () => {
  const {breaker} = await opened()
  expect(await isRefused(breaker)).toBe(true)
  breaker.hurry()
  expect(await breaker.run(async () => 'back')).toBe('back')
  expect(breaker.state).toBe('closed')
})

it('lets those who ask meanwhile wait for that call, and go on once it has succeeded', async () => {
  const {breaker, states} = await opened()
  breaker.hurry()
  let answer = (_: string) => {}
  const probe = breaker.run(() => new Promise<string>((resolve) => (answer = resolve)))
  const others = [1, 2, 3].map((n) => breaker.run(async () => n))
  answer('well')
  expect(await Promise.all([probe, ...others])).toEqual(['well', 1, 2, 3])
  expect(states).toEqual(['open', 'half-open', 'closed'])
})

it('closes where the server answers that call with an error of another kind', async () => {
  const states: string[] = []
  const breaker = new Breaker(
    (error) => error instanceof Error && error.message === 'away',
    (state) => states.push(state),
  )
  while (breaker.state === 'closed') await breaker.run(away).catch(() => {})
  breaker.hurry()
  await expect(breaker.run(() => Promise.reject(new Error('bad row')))).rejects.toThrow('bad row')
  expect(states).toEqual(['open', 'half-open', 'closed'])
})

it('stays closed where calls succeed in between, and where errors are of another kind', async () => {
  const breaker = new Breaker(
    (error) => error instanceof Error && error.message === 'away',
    () => {},
  )
  for (let i = 0; i < 20; i++) {
    await breaker.run(away).catch(() => {})
    await breaker.run(() => Promise.reject(new Error('bad row'))).catch(() => {})
    if (i % 4 === 3) await breaker.run(async () => i)
  }
  expect(breaker.state).toBe('closed')
})

it('is not closed by a call that began before it opened', async () => {
  let answer = () => {}
  const breaker = new Breaker(
    () => true,
    () => {},
  )
  const early = breaker.run(() => new Promise<void>((resolve) => (answer = resolve)))
  while (breaker.state === 'closed') await breaker.run(away).catch(() => {})
  answer()
  await early
  expect(breaker.state).toBe('open')
})
