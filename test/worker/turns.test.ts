import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {Turns} from '../../src/worker/turns.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function waiting(turns: Turns, names: string): string[] {
  const gone: string[] = []
  for (const name of names) void turns.wait().then(() => gone.push(name))
  return gone
}

describe('turns', () => {
  it('go one at a time, in the order of their coming, so far apart', async () => {
    const gone = waiting(new Turns(25), 'abc')
    await vi.advanceTimersByTimeAsync(24)
    expect(gone).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(gone).toEqual(['a'])
    await vi.advanceTimersByTimeAsync(25)
    expect(gone).toEqual(['a', 'b'])
    await vi.advanceTimersByTimeAsync(25)
    expect(gone).toEqual(['a', 'b', 'c'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('are over for all at once where there is a reason to go', async () => {
    const turns = new Turns(25)
    const gone = waiting(turns, 'abc')
    turns.release()
    await vi.advanceTimersByTimeAsync(0)
    expect(gone).toEqual(['a', 'b', 'c'])
    expect(vi.getTimerCount()).toBe(0)
    expect(waiting(turns, 'd')).toEqual([])
    await vi.advanceTimersByTimeAsync(25)
    expect(vi.getTimerCount()).toBe(0)
  })
})
