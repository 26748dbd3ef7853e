import {expect, it} from 'vitest'
import {Measure} from '../../src/progress/measure.ts'
import {RateWindow} from '../../src/progress/rate-window.ts'

/** A measure of a stage that reports every 100 ms, `perTick` more each time. */
function running(seconds: number, perTick: number, total?: number) {
  const measure = new Measure({doing: 'working', done: 0, total}, 0)
  for (let tick = 1; tick <= seconds * 10; tick++) measure.report({done: tick * perTick}, tick * 100)
  return measure
}

it('knows nothing of a rate before a second has passed', () => {
  expect(running(0.9, 50).at(900)).toMatchObject({perSecond: null, leftMs: null})
  expect(running(1, 50).at(1000).perSecond).toBe(500)
})

it('takes the rate of the last ten seconds, and the time that is left from that', () => {
  const measure = running(60, 10, 10_000)
  expect(measure.at(60_000)).toMatchObject({perSecond: 100, leftMs: 40_000})
  for (let tick = 1; tick <= 100; tick++) measure.report({done: 6000 + tick}, 60_000 + tick * 100)
  expect(measure.at(70_000).perSecond).toBeCloseTo(10, 0)
})

it('is as slow as what stands still, and knows no end of it', () => {
  const measure = running(20, 10, 10_000)
  expect(measure.at(25_000).perSecond).toBeCloseTo(500 / 10, -1)
  expect(measure.at(31_000)).toMatchObject({perSecond: 0, leftMs: null})
})

it('measures a file by its bytes, and what has no total by what waits', () => {
  const file = new Measure({doing: 'reading', done: 0, bytes: {read: 0, size: 1000}}, 0)
  file.report({done: 7, bytes: {read: 250, size: 1000}}, 5000)
  expect(file.at(5000)).toMatchObject({perSecond: 1.4, leftMs: 15_000})
  const queue = new Measure({doing: 'draining', done: 0, waiting: 500}, 0)
  queue.report({done: 100, waiting: 300}, 2000)
  expect(queue.at(2000)).toMatchObject({perSecond: 50, leftMs: 6000})
})

it('begins anew with each stage, and remembers what was done before', () => {
  const did = {verb: 'moved', count: 3, unit: 'item'}
  const measure = new Measure({doing: 'moving', done: 3, total: 9, did}, 0)
  measure.report({doing: 'waiting', lastsMs: 4000}, 1000)
  expect(measure.at(2000)).toMatchObject({doing: 'waiting', did, elapsedMs: 1000, leftMs: 3000})
  expect(measure.at(2000).total).toBeUndefined()
})

it('holds few readings, however often it is told', () => {
  const window = new RateWindow()
  for (let ms = 0; ms <= 100_000; ms++) window.add(ms, ms * 2)
  expect(window.perSecond(100_000)).toBe(2000)
})
