import {expect, it} from 'vitest'
import {FIGURES} from '../../src/bench/figures.ts'
import {metricOf} from '../../src/threshold/metric.ts'

it.each(['rate', 'capacity', 'rateBatch', 'rate@8', 'connections'])('has more of %s as better', (name) => {
  expect(metricOf(name)?.moreIsBetter).toBe(true)
})

it.each(['p50', 'p999', 'raw99', 'p99@8', 'errors', 'lost', 'cpu', 'cpuRedis', 'memoryPostgres', 'loopLag'])(
  'has less of %s as better',
  (name) => {
    expect(metricOf(name)?.moreIsBetter).toBe(false)
  },
)

it.each(['', 'rates', 'p98', 'Rate', 'constructor', '__proto__', 'rat', 'p99.9'])(
  'knows nothing of %j',
  (name) => {
    expect(metricOf(name)).toBeUndefined()
  },
)

it('knows the unit and the better side of every figure that a scenario gives', () => {
  const unknown = Object.values(FIGURES)
    .flat()
    .filter((name) => metricOf(name) === undefined)
  expect(unknown).toEqual([])
})
