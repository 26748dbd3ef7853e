import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {Opening} from '../../src/worker/opening.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Loops that hang until they are told to end. */
function hanging(most: {loops: number; withinMs: number}) {
  const ends: Array<() => void> = []
  const opening = new Opening(most, () => new Promise((resolve) => ends.push(resolve)))
  const state = {isOver: false}
  void opening.run().then(() => {
    state.isOver = true
  })
  return {opening, ends, state}
}

describe('the loops of a process', () => {
  it('begin with one, until its first lease is done', async () => {
    const {opening, ends} = hanging({loops: 10, withinMs: 10_000})
    await vi.advanceTimersByTimeAsync(60_000)
    expect(ends.length).toBe(1)
    opening.onLeaseDone()
    expect(ends.length).toBe(2)
  })

  it('are opened in turn, even if all that are open hang', async () => {
    const {opening, ends} = hanging({loops: 10, withinMs: 10_000})
    opening.onLeaseDone()
    await vi.advanceTimersByTimeAsync(999)
    expect(ends.length).toBe(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(ends.length).toBe(3)
    await vi.advanceTimersByTimeAsync(7000)
    expect(ends.length).toBe(10)
    expect(vi.getTimerCount()).toBe(0)
    opening.onLeaseDone()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(ends.length).toBe(10)
  })

  it('are all open after the given time, however many they are', async () => {
    const {opening, ends} = hanging({loops: 500, withinMs: 10_000})
    opening.onLeaseDone()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(ends.length).toBe(500)
  })

  it('are over when each of them is, and no further one is opened', async () => {
    const {opening, ends, state} = hanging({loops: 10, withinMs: 10_000})
    opening.onLeaseDone()
    await vi.advanceTimersByTimeAsync(1000)
    ends[0]()
    ends[1]()
    await vi.advanceTimersByTimeAsync(0)
    expect(state.isOver).toBe(false)
    ends[2]()
    await vi.advanceTimersByTimeAsync(0)
    expect(state.isOver).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})
