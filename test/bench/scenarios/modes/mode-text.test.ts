import {describe, expect, it} from 'vitest'
import type {Mode} from '../../../../src/bench/scenarios/modes/mode-sender.ts'
import {
  modeComparisons,
  modeMetrics,
  modeNotes,
  usual,
  type WayResult,
} from '../../../../src/bench/scenarios/modes/mode-text.ts'
import type {Step} from '../../../../src/bench/shape/step.ts'

function result(mode: Mode, batch: number, achieved: number): WayResult {
  return {way: {mode, batch}, step: {achieved} as Step}
}

const RESULTS = [
  result('single', 1, 11),
  result('pipeline', 100, 4400),
  result('pipeline', 1000, 40_000),
  result('batch', 1000, 44_000),
  result('batch', 5000, 200_000),
  result('auto', 100, 1000),
]

it('lets the batch of enqueue stand for a mode, not the one that went best', () => {
  expect(usual(RESULTS, 'batch')?.way.batch).toBe(1000)
  expect(usual(RESULTS, 'auto')?.way.batch).toBe(100)
  expect(usual([], 'auto')).toBeUndefined()
  expect(modeMetrics(RESULTS)).toEqual({
    rateSingle: 11,
    'ratePipeline@100': 4400,
    'ratePipeline@1000': 40_000,
    ratePipeline: 40_000,
    'rateBatch@1000': 44_000,
    'rateBatch@5000': 200_000,
    rateBatch: 44_000,
    'rateAuto@100': 1000,
    rateAuto: 1000,
    speedup: 40_000 / 11,
  })
})

describe('the documented figures', () => {
  it('stand beside those of the same round trip', () => {
    const found = modeComparisons(RESULTS, 90)
    expect(found.map(({measure, documented, measured}) => [measure, documented, measured])).toEqual([
      ['single', 11, 11],
      ['pipeline of 1,000', 3800, 40_000],
      ['pipelined against single', 345, 40_000 / 11],
    ])
  })

  it('stand beside nothing where it was not measured', () => {
    const measured = modeComparisons([result('batch', 1000, 5)], 90).map((one) => one.measured)
    expect(measured).toEqual([null, null, null])
  })

  it.each([0, 30])('are left out at another round trip: %d ms', (rttMs) => {
    expect(modeComparisons(RESULTS, rttMs)).toEqual([])
  })
})

describe('the notes', () => {
  it('explain what a round trip allows, and how many items shared one', () => {
    const notes = modeNotes(RESULTS, {roundTrip: 90.9, rttMs: 90}).join('\n')
    expect(notes).toContain('so about 1000 / 90.9 ms = 11.0 items/s; measured 11.0')
    expect(notes).toContain(
      'pipeline: 4 batches of 1,000 in flight, so at most 4,000 items / 90.9 ms = 44,004 items/s; measured 40,000, which is 3,636 items per round trip',
    )
    expect(notes).toContain(
      'auto-pipelining: 100 items in flight, so at most 100 items / 90.9 ms = 1,100 items/s',
    )
    expect(notes).toContain('3,800 items/s × 90 ms = 342')
  })

  it('do not speak of a proxy where there was none', () => {
    const notes = modeNotes(RESULTS, {roundTrip: 0.16, rttMs: 0}).join('\n')
    expect(notes).toContain('the round trip of an empty command was 0.16 ms\n')
    expect(notes).not.toContain('345')
  })
})
