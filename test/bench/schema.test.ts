import {readFileSync} from 'node:fs'
import {Ajv2020} from 'ajv/dist/2020.js'
import {describe, expect, it} from 'vitest'
import type {BenchRun} from '../../src/bench/shape/run.ts'
import type {ProcessUsage, Step} from '../../src/bench/shape/step.ts'
import {fitScalability} from '../../src/bench/stats/usl.ts'
import {newRunId} from '../../src/bench/store/store.ts'
import {sampleRun} from './sample-run.ts'

const schema = JSON.parse(readFileSync('schemas/bench-run.json', 'utf8'))

/** The scenarios, as they are documented. */
const SCENARIOS = [
  'connections',
  'modes',
  'bombard',
  'sustained',
  'workers',
  'recovery',
  'capacity',
  'api',
] as const

/** The published schema; `closed` also refuses fields that it does not name. */
const published = new Ajv2020({allErrors: true}).compile(schema)
const closed = new Ajv2020({allErrors: true}).compile(close({...schema, $id: 'urn:qtool:closed'}))

/** A copy in which objects with named fields may have no others. */
function close(part: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(part), (_, value) =>
    value && typeof value === 'object' && 'properties' in value && 'required' in value
      ? {...value, additionalProperties: false}
      : value,
  )
}

const usage: ProcessUsage = {cpu: 31.5, memory: 2e8, source: 'process'}

const fullStep: Step = {
  name: '2,000 ops/s',
  parameters: {rate: 2000, mode: 'batch', keep: true, seed: null},
  target: 2000,
  achieved: 1940.4,
  perSecond: {p10: 1602, p50: 1950, p90: 2011, min: 1500, max: 2020},
  latency: {samples: 1e5, p50: 2, p90: 4, p99: 41, p999: 60, max: 80, raw99: 9.7},
  lagMs: 52,
  errors: 0.001,
  backlogPerSecond: -3.5,
  usage: {qtool: usage, redis: {...usage, source: 'server'}, postgres: null, loopLagMs: 3},
  verdict: 'KNEE',
  throughput: [1900, 2000],
  spectrum: [
    [50, 2],
    [99, 41],
  ],
}

const emptyStep: Step = {
  ...fullStep,
  target: null,
  perSecond: null,
  latency: {samples: 3, p50: null, p90: null, p99: null, p999: null, max: 8, raw99: null},
  lagMs: null,
  backlogPerSecond: null,
  usage: {qtool: {cpu: null, memory: null, source: 'process'}, redis: null, postgres: null, loopLagMs: 0},
  throughput: [],
  spectrum: [],
}

const agent = {agent: 1, host: 'db3', pid: 77, offsetMs: -7200.5, uncertaintyMs: 0.2}
const lost = {
  offsetMs: null,
  uncertaintyMs: null,
  sent: 0,
  lateMs: null,
  cpu: null,
  trouble: 'it gave no result',
}

const full = sampleRun({
  label: 'main',
  checks: [{name: 'p99', ok: true, text: 'p99 41.0 < 50 ms'}],
  steps: [fullStep, emptyStep, {...emptyStep, latency: null, usage: null}],
  comparisons: [{measure: 'rate', documented: 1000, measured: null, unit: 'ops/s', moreIsBetter: true}],
  limit: {what: 'postgres pool', evidence: ['pool wait 71 %']},
  ledger: {
    enqueued: 5,
    rows: 1,
    alreadyThere: 1,
    deadLetters: 1,
    leased: 1,
    ready: 1,
    lost: 0,
    duplicated: 0,
  },
  fit: fitScalability([1, 2, 4, 8].map((n) => [n, (100 * n) / (1 + 0.1 * (n - 1))])),
})

const unfitted = sampleRun({fit: fitScalability([[1, 100]])})

describe('schemas/bench-run.json', () => {
  it.each<[string, BenchRun]>([
    ['a small run', sampleRun()],
    ['a run with everything', full],
    ['a run whose fit cannot tell', unfitted],
    [
      'a run of two agents',
      sampleRun({
        agents: [
          {...agent, sent: 9, lateMs: 1, cpu: 3, trouble: null},
          {...agent, ...lost},
        ],
      }),
    ],
    ...SCENARIOS.map((scenario): [string, BenchRun] => [
      scenario,
      sampleRun({scenario, id: newRunId(scenario, new Date())}),
    ]),
  ])('describes every field of %s', (_name, run) => {
    closed(JSON.parse(JSON.stringify(run)))
    expect(closed.errors).toBeNull()
  })

  it('allows fields that a later version adds', () => {
    expect(published({...full, weather: 'fine'})).toBe(true)
    expect(closed({...full, weather: 'fine'})).toBe(false)
  })

  it.each<[string, (run: Record<string, unknown>) => void]>([
    ...Object.keys(full).map((name): [string, (run: Record<string, unknown>) => void] => [
      `no ${name}`,
      (run) => {
        delete run[name]
      },
    ]),
    ['an unknown scenario', (run) => Object.assign(run, {scenario: 'other'})],
    ['another format', (run) => Object.assign(run, {format: 3})],
    ['an id that is none', (run) => Object.assign(run, {id: 'x'})],
    ['a text as a figure', (run) => Object.assign(run, {metrics: {rate: '1000'}})],
    ['a round without its figure', (run) => Object.assign(run, {rounds: {rate: [null]}})],
    ['a step without a name', (run) => Object.assign(run, {steps: [{...fullStep, name: undefined}]})],
    ['errors above all', (run) => Object.assign(run, {steps: [{...fullStep, errors: 2}]})],
    ['half a point', (run) => Object.assign(run, {fit: {...full.fit, points: [[1]]}})],
  ])('refuses %s', (_name, spoil) => {
    const run: Record<string, unknown> = structuredClone({...full})
    spoil(run)
    expect(published(JSON.parse(JSON.stringify(run)))).toBe(false)
  })

  it('says of every field what it is', () => {
    const silent: string[] = []
    const visit = (part: unknown, path: string) => {
      if (typeof part !== 'object' || part === null) return
      for (const [name, inner] of Object.entries(part)) {
        const isField = path.endsWith('/properties') || path.endsWith('/$defs')
        if (isField && !inner.description) silent.push(`${path}/${name}`)
        visit(inner, `${path}/${name}`)
      }
    }
    visit(schema, '')
    expect(silent).toEqual([])
  })
})
