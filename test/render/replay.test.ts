import {expect, it} from 'vitest'
import type {ReplayResult} from '../../src/letters/replay-result.ts'
import {renderReplay} from '../../src/render/replay.ts'

const result = (more: Partial<ReplayResult> = {}): ReplayResult => ({
  matched: 10,
  replayed: 10,
  waiting: 0,
  failing: 0,
  unknown: 0,
  gone: 0,
  later: 0,
  canary: null,
  aborted: false,
  interrupted: false,
  remaining: 0,
  seconds: 2,
  itemsPerSecond: 5,
  ...more,
})
const options = {dryRun: false}

it('names what was left, and why', () => {
  const text = renderReplay('q', result({waiting: 1, failing: 2, unknown: 3, gone: 4, later: 5}), options)
  for (const line of [
    /skipped: identical item already queued +1/,
    /skipped: would fail again +2/,
    /skipped: cannot be judged here +3/,
    /removed by someone else +4/,
    /skipped: failed after the replay started +5/,
  ]) {
    expect(text).toMatch(line)
  }
})

it('says that an interrupted one has not read all', () => {
  const text = renderReplay('q', result({interrupted: true, matched: 10, replayed: 9, waiting: 1}), options)
  expect(text).toContain('queue q: interrupted after 9 items')
  expect(text).toMatch(/matched so far +10/)
})

it('says what a canary that timed out waits for', () => {
  const canary = {items: 5, failedAgain: 0, open: 3, paused: false}
  expect(renderReplay('q', result({aborted: true, canary}), options)).toContain(
    'canary timed out with 3 items unprocessed; nothing else was replayed. Is a worker running? (qtool work)',
  )
  expect(renderReplay('q', result({aborted: true, canary: {...canary, paused: true}}), options)).toContain(
    'The queue is paused (qtool resume)',
  )
})

it('tells nothing there from nothing that matches', () => {
  expect(renderReplay('q', result({matched: 0}), options)).toBe('queue q has no dead letters')
  expect(renderReplay('q', result({matched: 0, remaining: 7}), options)).toBe(
    'queue q: no dead letter matches the filter (7 in total)',
  )
})
