import {describe, expect, it} from 'vitest'
import {MAX_PRIORITY, PRIORITY_STEP, readScore, ScoreClock} from '../../src/queue/score.ts'

function scores(priority: number, count: number, now = () => 1_764_000_000_000): number[] {
  const clock = new ScoreClock(priority, now)
  clock.advance()
  return Array.from({length: count}, () => {
    const text = Buffer.alloc(clock.length)
    clock.write(text, 0)
    return Number(text.toString())
  })
}

describe('ScoreClock', () => {
  it.each([0, 1, 5, 6, 9, 56, 57, 99, MAX_PRIORITY])('rises with every item at priority %i', (priority) => {
    const given = scores(priority, 3000)
    for (let i = 1; i < given.length; i++) expect(given[i]).toBeGreaterThan(given[i - 1])
    expect(Math.floor(given[0] / PRIORITY_STEP)).toBe(priority)
  })

  it('puts every item of a priority before every item of the next', () => {
    expect(Math.max(...scores(3, 3000))).toBeLessThan(Math.min(...scores(4, 1)))
  })

  it('never goes back when the clock does', () => {
    let now = 2000
    const clock = new ScoreClock(0, () => now)
    const next = () => {
      clock.advance()
      const text = Buffer.alloc(clock.length)
      clock.write(text, 0)
      return Number(text.toString())
    }
    const first = next()
    now = 1000
    expect(next()).toBeGreaterThan(first)
  })

  it.each([-1, 1.5, MAX_PRIORITY + 1, Number.NaN])('refuses priority %d', (priority) => {
    expect(() => new ScoreClock(priority, () => 0)).toThrow('expected --priority')
  })
})

describe('readScore', () => {
  it('tells priority and time apart', () => {
    expect(readScore(3 * PRIORITY_STEP + 1_764_000_000_000)).toEqual({
      priority: 3,
      enqueuedAt: 1_764_000_000_000,
    })
  })

  it('reads small scores of other producers as plain priorities', () => {
    expect(readScore(7)).toEqual({priority: 7, enqueuedAt: undefined})
  })
})
