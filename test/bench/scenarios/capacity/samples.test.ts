import {describe, expect, it} from 'vitest'
import {assertLongEnough, samplesFor, secondsFor} from '../../../../src/bench/scenarios/capacity/samples.ts'
import {parseSlo} from '../../../../src/threshold/threshold.ts'

const KNOWN = ['p50', 'p90', 'p99', 'p999', 'max', 'errors']
const slo = (...texts: string[]) => texts.map((text) => parseSlo(text, KNOWN))

describe('a percentile takes so many records that 10 lie beyond it', () => {
  it.each([
    ['p50', 20],
    ['p90', 100],
    ['p99', 1000],
    ['p999', 10_000],
    ['max', 0],
    ['errors', 0],
  ])('%s: %d', (figure, records) => {
    expect(samplesFor(figure, 'constant')).toBe(records)
    expect(samplesFor(figure, 'poisson')).toBeGreaterThanOrEqual(records)
  })
})

it('takes as long as the rarest percentile needs', () => {
  expect(secondsFor(slo('p99<1s', 'p999<10s'), {rate: 500, arrivals: 'constant'})).toBe(20)
  expect(secondsFor(slo('max<1s'), {rate: 1, arrivals: 'constant'})).toBe(0)
})

it('refuses a run that would end without a figure, and says how long it takes', () => {
  const load = {rate: 500, seconds: 5, arrivals: 'constant'} as const
  let refusal: unknown
  try {
    assertLongEnough('--slo', slo('p999<10s'), load)
  } catch (error) {
    refusal = error
  }
  expect(refusal).toMatchObject({
    kind: 'usage',
    message: '--slo asks for p999, which needs 10,000 records: 20 s at 500/s, but this run measures only 5 s',
    suggestions: ['measure longer: --for 20s', 'or at a higher rate, at least 2,000/s'],
  })
  expect(() => assertLongEnough('--slo', slo('p999<10s'), {...load, seconds: 20})).not.toThrow()
})
