import {expect, it} from 'vitest'
import {ASCII, UNICODE} from '../../../src/render/bench/signs.ts'
import {sparkline} from '../../../src/render/top/spark.ts'

it.each([
  [[0, 1, 2, 3, 4, 5, 6, 7], 8, '▁▂▃▄▅▆▇█'],
  [[7, 0], 4, '  █▁'],
  [[], 3, '   '],
  [[0, 0], 2, '▁▁'],
  [[1, 1000], 2, '▂█'],
  [[1, null, 1], 3, '█ █'],
  // Pairs: means of 0, 7 and 3.5
  [[0, 0, 7, 7, 7, 0], 3, '▁█▅'],
  [[null, null, 4, null], 2, ' █'],
])('draws %j in %i columns as %j', (values, width, bars) => {
  expect(sparkline(values, width, UNICODE)).toBe(bars)
})

it('has other bars for terminals without Unicode', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8, ASCII)).toBe('_.-:=+*#')
})
