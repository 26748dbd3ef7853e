import {expect, it} from 'vitest'
import {apiFindings} from '../../../../src/bench/scenarios/api/api-text.ts'
import type {ApiSeen, StepSeen} from '../../../../src/bench/scenarios/api/seen.ts'
import type {Volley} from '../../../../src/bench/scenarios/api/volley.ts'

const latency = {samples: 2000, p50: 4, p90: 7, p99: 9, p999: null, max: 12, raw99: null}
const volley: Volley = {
  answered: {200: 2500},
  broken: 0,
  lost: 0,
  good: 2000,
  bad: 0,
  refused: 0,
  seconds: 2,
  perSecond: [990, 1010],
  latency,
  spectrum: [],
  cpuMs: 400,
  busy: 0.5,
}
const server = {cpu: 80, memory: 1e8, source: 'process' as const}
const usage = {qtool: server, redis: null, postgres: null, loopLagMs: 1}

function step(route: StepSeen['route'], connections: number, changed: Partial<Volley> = {}): StepSeen {
  return {route, connections, volley: {...volley, ...changed}, served: 2510, serverCpuMs: 1600, usage}
}

const options = {connections: [50, 100], seconds: 2, warmupSeconds: 0.5, records: 10, pool: 20}
const poolOut = {
  held: 18,
  refused: {status: 503, retryAfter: '1', ms: 1003.2},
  recoveryMs: 4.04,
  finished: 18,
}
const steps = [step('health', 50), step('health', 100), step('admin', 50), step('ingest', 50)]
const seen: ApiSeen = {steps, items: 25_100, poolOut, options}

it('sums up what went well, with the documented number of clients', () => {
  const {verdict, checks, comparisons, metrics} = apiFindings(seen)
  expect(checks.filter(({ok}) => !ok)).toEqual([])
  expect(verdict).toBe(
    'health 1,000/s, admin 1,000/s, ingest 1,000/s with 50 connections; none was refused with up to 100; a full pool recovered in 4.0 ms',
  )
  expect(comparisons.map(({documented, measured}) => [documented, measured])).toEqual([
    [200, 1000],
    [100, 1000],
    [50, 100],
    [1, 0.00404],
  ])
  expect(metrics).toMatchObject({rateHealth: 1000, p99Ingest: 9, errors: 0, recovery: 4.04, lost: 0, cpu: 80})
})

it('says what a step was, and how many CPU seconds it took', () => {
  const [first] = apiFindings(seen).steps
  expect(first).toMatchObject({
    name: 'health, 50 connections',
    achieved: 1000,
    errors: 0,
    verdict: 'ok',
    latency,
  })
  expect(first.parameters).toMatchObject({serverCpuSeconds: 1.6, generatorCpuSeconds: 0.4, good: 2000})
  // 6.4 s of the server and 1.6 s of the generator for 8,000 requests to health, and so on
  expect(apiFindings(seen).notes).toContain(
    'CPU of server and generator per 1,000 requests: health 0.80 s and 0.20 s; admin 0.80 s and 0.20 s; ingest 0.80 s and 0.20 s',
  )
})

it('counts clients only up to the first number with which a request was refused, which is no failure', () => {
  const full = step('admin', 100, {bad: 500, refused: 500, answered: {200: 2000, 503: 500}})
  const {checks, comparisons, steps, verdict} = apiFindings({...seen, steps: [...seen.steps, full]})
  expect(verdict).toContain('; some were refused beyond 50;')
  expect(checks[0].text).toBe('0 of 10,500 requests failed, 500 were refused with 503')
  expect(checks[0].ok).toBe(true)
  expect(comparisons[2].measured).toBe(50)
  expect(steps[4]).toMatchObject({errors: 0.2, verdict: '500 refused'})
})

it('has no such number if requests were refused with the fewest clients', () => {
  const full = step('admin', 50, {bad: 1, refused: 1})
  const {verdict, comparisons} = apiFindings({...seen, steps: [...steps, full]})
  expect(comparisons[2].measured).toBeNull()
  expect(verdict).toContain('some were refused with the fewest')
})

it('makes other failures the verdict', () => {
  const failing = step('admin', 100, {bad: 3, refused: 1})
  const {verdict, steps} = apiFindings({...seen, steps: [failing]})
  expect(verdict).toBe('2 of 2,003 requests failed, 1 were refused with 503')
  expect(steps[0].verdict).toBe('2 failed')
})

it('says where the generator was the limit', () => {
  const busy = apiFindings({...seen, steps: [step('health', 50, {busy: 0.96}), ...seen.steps]})
  expect(busy.steps[0].verdict).toBe('generator busy')
  expect(busy.notes.join()).toContain('in 1 of 5 steps the generator was never idle')
})

it.each<[string, Partial<ApiSeen>]>([
  ['answers', {steps: [{...steps[0], served: 2499}]}],
  ['answers', {steps: [{...steps[0], served: 2551}]}],
  ['failed requests', {steps: [step('health', 50, {lost: 1})]}],
  ['items', {items: 24_999}],
  ['items', {items: 25_501}],
  ['full pool', {poolOut: {...poolOut, refused: {status: 503, retryAfter: null, ms: 3}}}],
  ['full pool', {poolOut: {...poolOut, refused: {status: 500, retryAfter: '1', ms: 3}}}],
  ['pool recovery', {poolOut: {...poolOut, recoveryMs: 1000}}],
  ['pool recovery', {poolOut: {...poolOut, recoveryMs: null}}],
  ['held uploads', {poolOut: {...poolOut, finished: 17}}],
])('fails the check %s, case %$', (name, changed) => {
  const {checks} = apiFindings({...seen, ...changed})
  expect(checks.filter(({ok}) => !ok).map((check) => check.name)).toContain(name)
})

it('counts confirmed records that are not in the queue as lost', () => {
  expect(apiFindings({...seen, items: 24_000}).metrics.lost).toBe(1000)
})
