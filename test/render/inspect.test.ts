import {expect, it} from 'vitest'
import type {QueueInspection} from '../../src/queue/inspect.ts'
import {renderInspection, renderView} from '../../src/render/inspect.ts'
import {PLAIN} from '../../src/render/style.ts'

const TIME = '2026-11-27T12:00:00.000Z'
const OUTCOMES = {
  inserted: 1,
  updated: 0,
  superseded: 0,
  deleted: 0,
  alreadyGone: 0,
  alreadyThere: 0,
  suppressed: 0,
}
const span = {firstFailedAt: TIME, isFirstExact: true, lastFailedAt: TIME, isLastExact: true}

function inspection(reasons: Record<string, number>, workers: number): QueueInspection {
  const found = {
    queue: 'orders',
    engine: 'zset',
    payload: 'json',
    readyKey: null,
    spread: null,
    at: TIME,
    paused: false,
    pauseEndsInMs: null,
    ready: 1,
    leased: 0,
    leases: 0,
    overdueLeases: 0,
    isLeasedEstimate: false,
    oldestMs: null,
    deadLetters: Object.values(reasons).reduce((sum, letters) => sum + letters, 0),
    deadLettersByReason: reasons,
    foreignDeadLetters: 0,
    timesByReason: Object.fromEntries(Object.keys(reasons).map((reason) => [reason, span])),
    foreignTimes: null,
    firstFailedAt: TIME,
    lastFailedAt: TIME,
    totals: {enqueued: 5, deadLettered: 0, empty: 0, trimmed: 0, ...OUTCOMES},
    memory: {ready: {bytes: 10, isEstimate: false}, deadLetters: {bytes: 20, isEstimate: false}},
    server: {
      version: '8',
      usedBytes: 1024,
      peakBytes: 2048,
      maxBytes: 0,
      policy: 'noeviction',
      fragmentation: 1.5,
      clients: {connected: 3, max: 100, blocked: 0},
    },
    slowlog: [1, 9].map((ms, id) => ({id, at: TIME, micros: ms * 1000, command: `EVALSHA script${id}`})),
    workers: Array.from({length: workers}, (_, pid) => ({
      ...{
        name: `w${pid}`,
        host: 'db-1',
        pid,
        workers: 10,
        recordsPerSecond: 100,
        version: '1',
        mapping: null,
      },
      ...{redis: 'closed', postgres: pid === 0 ? 'open' : 'closed', seenAt: 0},
    })),
    warnings: [],
    verified: null,
    readFrom: null,
  }
  return found as unknown as QueueInspection
}

const FULL = inspection({invalid: 5, foreign_key: 4, constraint: 3, poison: 2}, 12)

const shown = (height: number, found = FULL) =>
  renderInspection(found, {width: 80, height, style: PLAIN}).split('\n')

it('shows everything in a pipe and on a tall terminal', () => {
  const whole = renderInspection(FULL).split('\n')
  expect(shown(whole.length)).toEqual(whole)
  expect(whole.filter((line) => line.startsWith(' db-1'))).toHaveLength(12)
  expect(whole.join('\n')).not.toContain('shows all')
})

it.each([17, 18, 20, 22, 26, 32, 40, 45])('fits %i lines, with every section', (height) => {
  const lines = shown(height)
  expect(lines.length).toBeLessThanOrEqual(height)
  for (const name of ['dead letters', 'workers', 'memory', 'clients', 'slow log']) {
    expect(lines.some((line) => line.trim().startsWith(name))).toBe(true)
  }
})

it('says in a line what it does not show whole', () => {
  const lines = shown(18).map((line) => line.trim().split(/ {2,}/))
  expect(lines).toContainEqual(['dead letters', 'invalid 5, foreign_key 4, constraint 3 and 1 more reason'])
  expect(lines).toContainEqual(['workers', '12 processes, 1,200 records/s, 1 without one of their servers'])
  expect(lines).toContainEqual(['clients', '3 of 100 connected, 0 blocked'])
  expect(lines).toContainEqual(['slow log', '2 commands, the slowest 9 ms EVALSHA script1'])
  expect(lines.at(-1)).toEqual(['qtool inspect -q orders | less shows all'])
})

it('shows the first sections whole as long as there is room', () => {
  const text = shown(24).join('\n')
  expect(text).toMatch(/^ reason +letters/m)
  expect(text).toMatch(/^ workers {2,}12 processes/m)
})

it('leaves room for the line of changes above a view', () => {
  const lines = renderView(FULL, FULL, {width: 80, height: 24, style: PLAIN}).split('\n')
  expect(lines.length).toBeLessThanOrEqual(24)
})
