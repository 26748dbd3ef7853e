import {expect, it} from 'vitest'
import type {Sample} from '../../src/monitor/observation.ts'
import {splitNewest, toBuckets} from '../../src/page/buckets.ts'
import {Samples} from '../../src/page/samples.ts'

function sample(atMs: number, fields: Partial<Sample> = {}): Sample {
  return {atMs, ready: 0, leased: 0, deadLetters: 0, oldestMs: null, in: null, out: null, ...fields}
}

it('takes the mean of what is known in five seconds', () => {
  const samples = [
    sample(10_000, {ready: 10, leased: 2, in: 4}),
    sample(14_999, {ready: 20, leased: 4, oldestMs: 7}),
    sample(15_000, {ready: 1}),
  ]
  expect(toBuckets(samples)).toEqual([
    {at: 10, backlog: 18, oldestMs: 7, in: 4, out: null},
    {at: 15, backlog: 1, oldestMs: null, in: null, out: null},
  ])
})

it('leaves a gap where nobody listened', () => {
  const samples = [sample(10_000, {ready: 3}), sample(25_000, {ready: 4}), sample(60_000, {ready: 5})]
  const at = toBuckets(samples).map((bucket) => [bucket.at, bucket.backlog])
  expect(at).toEqual([
    [10, 3],
    [25, 4],
    [30, null],
    [60, 5],
  ])
})

it('draws the way to the newest bucket apart', () => {
  expect(splitNewest([1, 2, null, 4])).toEqual([
    [1, 2, null, null],
    [null, null, null, 4],
  ])
  expect(splitNewest([1, 2])).toEqual([
    [1, null],
    [1, 2],
  ])
  expect(splitNewest([])).toEqual([[], []])
})

it('keeps samples of ten minutes, each once', () => {
  const samples = new Samples()
  samples.begin([sample(0), sample(1000)])
  samples.add(sample(1000))
  samples.add(sample(2000))
  expect(samples.all.map(({atMs}) => atMs)).toEqual([0, 1000, 2000])
  samples.add(sample(601_500))
  expect(samples.all.map(({atMs}) => atMs)).toEqual([2000, 601_500])
})
