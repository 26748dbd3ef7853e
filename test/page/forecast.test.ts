import {expect, it} from 'vitest'
import {forecastWords} from '../../src/page/forecast.ts'

it.each([
  [{state: 'clears', seconds: 2100, marginSeconds: 240}, 'clears in 35 ± 4 min'],
  [{state: 'clears', seconds: 90, marginSeconds: 12}, 'clears in 90 ± 12 s'],
  [{state: 'clears', seconds: 7500, marginSeconds: 600}, 'clears in 2.1 ± 0.2 h'],
  [{state: 'clears', seconds: 400, marginSeconds: 20}, 'clears in 6.7 ± 0.3 min'],
  [{state: 'clears', seconds: 60, marginSeconds: 500}, 'clears in 1 m 0 s, very roughly'],
  [{state: 'grows', perSecond: 12.4}, 'grows by 12/s, will not drain'],
  [{state: 'paused'}, 'paused'],
  [{state: 'empty'}, 'empty'],
  [{state: 'unknown'}, 'not known yet'],
] as const)('says of %j: %s', (forecast, words) => {
  expect(forecastWords(forecast)).toBe(words)
})
