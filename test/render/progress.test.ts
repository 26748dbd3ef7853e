import {expect, it} from 'vitest'
import {Measure} from '../../src/progress/measure.ts'
import type {Stage} from '../../src/progress/stage.ts'
import {progressLine, unfinishedText} from '../../src/render/progress.ts'

/** The line of a stage that has gone on evenly for ten seconds, in a terminal of this width. */
function line(stage: Stage, width = 120): string {
  const measure = new Measure({...stage, done: stage.done === undefined ? undefined : 0}, 0)
  measure.report(stage, 10_000)
  return progressLine(measure.at(10_000), width)
}

const letters: Stage = {
  doing: 'replaying',
  unit: 'letter',
  done: 60_000,
  total: 300_000,
  also: [{count: 54_321, what: 'replayed'}],
}

it.each([
  [80, 'replaying: 60,000 of 300,000 letters, 20%, 6,000/s, 40 s left, 54,321 replayed'],
  [75, 'replaying: 60,000 of 300,000 letters, 6,000/s, 40 s left, 54,321 replayed'],
  [68, 'replaying: 60,000 of 300,000, 6,000/s, 40 s left, 54,321 replayed'],
  [48, 'replaying: 60,000 of 300,000, 40 s left'],
  [30, 'replaying: 60,000 of 300,000,…'],
])('leaves out what matters least in %i columns', (width, expected) => {
  const text = line(letters, width)
  expect(text).toBe(expected)
  expect(text.length).toBeLessThanOrEqual(width)
})

it('shows what is known of a file, of a stream, of workers, of a wait, and of nothing', () => {
  const bytes = {read: 2 * 2 ** 20, size: 8 * 2 ** 20}
  expect(line({doing: 'enqueueing', unit: 'record', done: 12_000, bytes})).toBe(
    'enqueueing: 12,000 records, 25% of 8.0 MiB, 1,200/s',
  )
  expect(line({doing: 'enqueueing', unit: 'record', done: 1})).toBe('enqueueing: 1 record, 0.1/s')
  const dead = [{count: 1, unit: 'dead letter'}]
  expect(line({doing: 'draining', unit: 'item', done: 500, waiting: 2000, also: dead})).toBe(
    'draining: 500 items, 50/s, 2,000 waiting, 40 s left, 1 dead letter',
  )
  expect(line({doing: 'waiting', unit: 'item', done: 5, total: 20, lastsMs: 60_000})).toBe(
    'waiting: 5 of 20 items, 25%, at most 50 s left',
  )
  expect(line({doing: 'migrating'})).toBe('migrating: 10.0 s')
})

it('never says 100% before all is done, nor less done than there is', () => {
  expect(line({doing: 'reading', unit: 'letter', done: 999, total: 1000})).toContain('99%')
  expect(line({doing: 'reading', unit: 'letter', done: 1200, total: 1000})).toMatch(
    /1,200 of 1,200 letters, 100%/,
  )
})

it.each<[Stage, boolean, string]>([
  [{doing: 'counting', isHarmless: true}, true, 'interrupted while counting; nothing was changed'],
  [{doing: 'migrating'}, true, 'interrupted while migrating'],
  [
    {doing: 'purging', did: {verb: 'purged', count: 1200, unit: 'dead letter', of: 3000}},
    true,
    'interrupted: 1,200 of 3,000 dead letters purged, 1,800 left',
  ],
  [
    {doing: 'purging', did: {verb: 'purged', count: 1200, unit: 'dead letter', of: 3000}},
    false,
    'interrupted: at least 1,200 of 3,000 dead letters purged, at most 1,800 left',
  ],
  [
    {...letters, did: {verb: 'replayed', count: 1, unit: 'dead letter'}},
    true,
    'interrupted: 1 dead letter replayed, 60,000 of 300,000 letters read',
  ],
  [
    {doing: 'draining', unit: 'item', waiting: 7, did: {verb: 'drained', count: 3, unit: 'item'}},
    true,
    'interrupted: 3 items drained, 7 items waiting',
  ],
])('accounts for %o', (stage, isExact, text) => {
  expect(unfinishedText(stage, {ended: 'interrupted', isExact})).toBe(text)
})
