import {describe, expect, it} from 'vitest'
import {arrivals} from '../../../src/bench/measure/arrivals.ts'
import {Pacer} from '../../../src/bench/measure/pacer.ts'

async function run(kind: 'constant' | 'poisson', tickMs: number) {
  const told: Array<[number, number]> = []
  let seed = 1
  const pacer = new Pacer({
    tickMs,
    next: arrivals(kind, 1000, () => {
      seed = (seed * 16807) % 2147483647
      return seed / 2147483647
    }),
    endMs: 200,
    onDue: (intended, now) => told.push([intended, now]),
    onTick: () => {},
  })
  await pacer.run()
  return told
}

describe('a pacer', () => {
  it.each([1, 2, 4])(
    'tells everything of a constant rate, at ticks of %s ms and in order',
    async (tickMs) => {
      const told = await run('constant', tickMs)
      expect(told.map(([intended]) => intended)).toEqual(
        Array.from({length: 200}, (_, i) => Math.floor(i / tickMs) * tickMs),
      )
    },
  )

  it('is never early by more than half the grain of a timer, whatever the arrivals', async () => {
    const told = await run('poisson', 2)
    expect(told.length).toBeGreaterThan(100)
    for (const [intended, now] of told) {
      expect(intended % 2).toBe(0)
      expect(now).toBeGreaterThanOrEqual(intended - 0.5)
    }
  })
})
