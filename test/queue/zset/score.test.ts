import {describe, expect, it} from 'vitest'
import {MAX_PRIORITY, PRIORITY_STEP, ScoreClock} from '../../../src/queue/zset/score.ts'

function scores(priority: number, count: number, now = () => 1_764_000_000_000): number[] {
  const clock = new ScoreClock(priority, now)
  clock.advance()
  return Array.from({length: count}, () => {
    const text = Buffer.alloc(clock.length)
    clock.write(text, 0)
    return Number(text.toString())
  })
}

const NOW = 1_764_000_000_000

/** The distance from a number to the next larger float64, computed from its bits. */
function gapAt(value: number): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  view.setBigUint64(0, view.getBigUint64(0) + 1n)
  return view.getFloat64(0) - value
}

describe('ScoreClock', () => {
  it('uses every fraction of a millisecond that a float64 holds, and then the last one again, at any priority', () => {
    for (let priority = 0; priority <= MAX_PRIORITY; priority++) {
      const base = priority * PRIORITY_STEP + NOW
      const gap = gapAt(base)
      const given = scores(priority, 5000)
      const model = given.map((_, i) => base + Math.min(i, 1 / gap - 1) * gap)
      expect(given, `priority ${priority}`).toEqual(model)
    }
  })

  it('rises with every item while the millisecond lasts', () => {
    for (const [priority, distinct] of [
      [0, 4096],
      [1, 512],
      [10, 64],
      [99, 8],
      [MAX_PRIORITY, 1],
    ]) {
      expect(new Set(scores(priority, 5000)).size).toBe(distinct)
    }
  })

  it('never runs ahead of a clock that moves on while items come, and never goes back', () => {
    for (const priority of [0, 1, 9, 10, 57, 100, 450, MAX_PRIORITY]) {
      let now = NOW
      let latest = NOW
      const clock = new ScoreClock(priority, () => now)
      let last = 0
      for (let i = 0; i < 60_000; i++) {
        if (i % 1000 === 0) clock.advance()
        const text = Buffer.alloc(clock.length)
        clock.write(text, 0)
        const score = Number(text.toString())
        const ahead = score - priority * PRIORITY_STEP - latest
        if (score < last || ahead >= 1 || Math.floor(score / PRIORITY_STEP) !== priority) {
          expect.fail(`item ${i} at priority ${priority}: ${score} behind ${last}, ${ahead} ms ahead`)
        }
        last = score
        // 500 items per millisecond; every so often the clock stands still for a while, or goes back a little
        now += i % 7000 < 500 ? (i % 97 === 0 ? -0.5 : 0) : 0.002
        latest = Math.max(latest, now)
      }
    }
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
    expect(() => new ScoreClock(priority, () => 0)).toThrow('--priority must be')
  })
})
