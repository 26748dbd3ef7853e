import {expect, it} from 'vitest'
import type {Finding} from '../../src/doctor/check.ts'
import type {Diagnosis} from '../../src/doctor/diagnose.ts'
import {renderDiagnosis} from '../../src/render/doctor.ts'

const LONG = 'a sentence of many words that has to be broken into several lines to be read at all, as most do'

function diagnosis(findings: Finding[], level: Diagnosis['level']): Diagnosis {
  return {
    queue: 'orders',
    at: '2026-11-26T19:00:00.000Z',
    host: 'host',
    level,
    findings,
    checks: {passed: 30, warning: 1, critical: 1, unknown: 2, notApplicable: 3},
    guarantee: {
      redisDurability: 'everysec',
      failover: 'none',
      postgresDurability: 'synchronous',
      row: 'Redis: appendfsync everysec, no replica; Postgres: commits wait for the disk',
      sentence: LONG,
      losses: [{when: 'Redis loses power', lost: LONG}],
    },
    setWiseByTable: {},
    setWise: {possible: false, reasons: [LONG], grant: 'GRANT SELECT, UPDATE ON p TO app'},
  }
}

const FOUND: Finding[] = [
  {check: 'redis.memory', level: 'critical', what: LONG, why: LONG, fix: LONG},
  {check: 'queue.paused', level: 'warning', what: 'it is paused', why: 'nothing moves', fix: 'qtool resume'},
  {check: 'redis.cpu', level: 'unknown', what: 'no right', why: 'not checked', fix: 'allow it'},
  {check: 'redis.role', level: 'unknown', what: 'no right', why: 'not checked', fix: 'allow it'},
]

it.each([60, 80])('fits into %i columns, and no line ends with a blank', (width) => {
  const lines = renderDiagnosis(diagnosis(FOUND, 'critical'), {width}).split('\n')
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
  expect(lines.filter((line) => line.endsWith(' '))).toEqual([])
})

it('begins with the verdict, and goes from bad to unknown', () => {
  const text = renderDiagnosis(diagnosis(FOUND, 'critical'), {width: 80})
  const places = [
    '1 critical, 1 warning (queue orders',
    'CRITICAL  redis.memory',
    'WARNING  queue.paused',
  ].concat([
    'could not be checked',
    'redis.cpu and 1 more: no right',
    'what can be lost',
    'foreign keys: qtool work checks them row by row',
    'for a whole lease at once with GRANT SELECT, UPDATE ON p TO app',
    '30 checks passed, 2 could not be made, 3 do not apply here',
  ])
  const found = places.map((place) => text.indexOf(place))
  expect(found.every((place) => place >= 0)).toBe(true)
  expect(found).toEqual([...found].sort((a, b) => a - b))
})

it('says that all is fine, and in how many checks', () => {
  const text = renderDiagnosis(diagnosis([], 'ok'), {width: 80})
  expect(text.split('\n')[0]).toBe('fine: nothing found in 30 checks (queue orders, 2026-11-26 19:00:00Z)')
})

it('lets no name of a client or a stream control the terminal', () => {
  const hostile = {...FOUND[0], what: 'a \u001b[2J b\nc \u202e'}
  const text = renderDiagnosis(diagnosis([hostile], 'critical'), {width: 80})
  expect(text).toContain('a \\u001b[2J b\\nc \\u202e')
})
