import {expect, it} from 'vitest'
import {LatencyHistogram} from '../../../../src/bench/measure/histogram.ts'
import {connectionFindings} from '../../../../src/bench/scenarios/connections/connection-text.ts'

const limit = {
  max: 50,
  opened: 50,
  seconds: 0.1,
  opening: new LatencyHistogram(),
  failure: {code: 'POOL_EXHAUSTED', message: 'all 50 of the pool are in use'},
  recoveryMs: 0.44,
}
const leaks = {ours: 0, before: 3, after: 3}
const server = {
  opened: 9990,
  seconds: 2,
  maxClients: 10_000,
  stoppedBy: 'server' as const,
  failure: {code: 'MAXCLIENTS', message: 'Redis takes no more clients'},
  recoveryMs: 12.5,
}

const find = (changed: Partial<Parameters<typeof connectionFindings>[0]>) =>
  connectionFindings({limits: [limit], ofServer: undefined, leaks, isServerSkipped: false, ...changed})

it('sums up what went well', () => {
  const {verdict, checks} = find({ofServer: server})
  expect(verdict).toBe(
    'connections: 50 from pools, 9,990 from the server; recovered 12.5 ms after a release, 0 connections left open',
  )
  expect(checks.every(({ok}) => ok)).toBe(true)
})

it.each([
  [
    'leaks',
    {leaks: {ours: 2, before: 3, after: 5}},
    '2 connections of this run left open; the server had 3 clients before and 5 after',
  ],
  [
    'pool of 50',
    {limits: [{...limit, opened: 49, failure: {code: 'CONNECT', message: 'gone'}}]},
    '49 of 50 connections opened; then: CONNECT, gone',
  ],
  [
    'pool of 50 recovery',
    {limits: [{...limit, recoveryMs: 1500}]},
    'pool of 50: recovered 1500.0 ms after a release, documented < 1000 ms',
  ],
  [
    'server',
    {ofServer: {...server, failure: {code: 'CONNECT', message: 'gone'}}},
    'a full server answers: CONNECT, gone',
  ],
  [
    'server recovery',
    {ofServer: {...server, recoveryMs: null}},
    'server: no recovery after a release, documented < 1000 ms',
  ],
])('makes what broke the verdict: %s', (name, changed, text) => {
  const {verdict, checks} = find(changed)
  expect(checks.filter(({ok}) => !ok)).toEqual([{name, ok: false, text}])
  expect(verdict).toBe(text)
})

it('measures nothing where it was interrupted', () => {
  const {comparisons, metrics} = find({limits: [{...limit, opened: 7, failure: null, recoveryMs: null}]})
  expect(comparisons.map(({measured}) => measured)).toEqual([null, null])
  expect(metrics).toEqual({connections: 7, leaks: 0})
  expect(find({limits: []}).verdict).toBe('interrupted before the first connection')
})
