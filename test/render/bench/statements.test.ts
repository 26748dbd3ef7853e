import {describe, expect, it} from 'vitest'
import {
  fitWords,
  headline,
  ledgerWords,
  parameterWords,
  runLine,
} from '../../../src/render/bench/statements.ts'
import {capacity, connections, sustained, workers} from './sample.ts'
import {environment, run} from './sample-parts.ts'

describe('the headline', () => {
  it('has the state where it is not ok', () => {
    expect(headline(sustained)).toMatch(/^sustained: 1,000 ops/)
    expect(headline(capacity)).toMatch(/^capacity FAILED: /)
    expect(headline(connections)).toMatch(/^connections INVALID: /)
  })
})

describe('the ledger', () => {
  const ledger = {
    enqueued: 50_000,
    rows: 49_996,
    alreadyThere: 0,
    deadLetters: 4,
    leased: 0,
    ready: 0,
    lost: 0,
    duplicated: 0,
  }

  it('is an equation', () => {
    expect(ledgerWords(ledger)).toBe(
      '50,000 in = 49,996 rows + 0 already there + 4 dead letters + 0 leased + 0 ready; lost 0, duplicated 0',
    )
  })

  it('is none where something is missing', () => {
    expect(ledgerWords({...ledger, rows: 49_000, lost: 996})).toBe(
      '50,000 in ≠ 49,000 rows + 0 already there + 4 dead letters + 0 leased + 0 ready; lost 996, duplicated 0',
    )
  })
})

describe('the scalability fit', () => {
  const fit = {...workers.fit, state: 'fitted', points: [[1, 1730.5] as [number, number]], curve: []} as const
  const nothing = {lambda: null, sigma: null, kappa: null, error: null, peakAt: null, peak: null}

  it('names the best measured point, where it turns, and how far it is off', () => {
    expect(workers.fit && fitWords(workers.fit)).toBe(
      'best 16 workers at 11,020 ops/s, peak at 16.9 workers (11,030 ops/s), λ 1,748, σ 0.05, κ 0.0033, ± 2.2 %',
    )
  })

  it('says when it does not turn, and when there is no fit', () => {
    const points: Array<[number, number]> = [[1, 1730.5]]
    expect(fitWords({...fit, ...nothing, points, curve: [], sigma: 0.1, kappa: 0})).toBe(
      'best 1 worker at 1,730 ops/s, no peak in range, σ 0.1, κ 0',
    )
    expect(fitWords({...nothing, state: 'too few points', points, curve: []})).toBe(
      'best 1 worker at 1,730 ops/s, too few points for a fit',
    )
    expect(fitWords({...nothing, state: 'too few points', points: [], curve: []})).toBe(
      'too few points for a fit',
    )
  })
})

describe('the last line', () => {
  it('names the run and the versions', () => {
    expect(runLine(sustained)).toBe(
      'run 20261125-034012-sustained-4f2a, label main, Redis 7.2.4, Postgres 18.4, Node 20.20.2',
    )
  })

  it('leaves out a server that took no part and keeps the name that a server gives itself', () => {
    const redis = {version: 'Valkey 8.1.1', local: true, roundTripMs: 0.1, settings: {}}
    const one = run({
      id: 'x',
      scenario: 'modes',
      verdict: '',
      environment: {...environment, redis, postgres: null, node: 'v20.1.0'},
    })
    expect(runLine(one)).toBe('run x, Valkey 8.1.1, Node 20.1.0')
  })
})

describe('the parameters', () => {
  it('are those that were given', () => {
    expect(parameterWords({rate: 1000, slo: null, mode: 'batch', verify: true})).toBe(
      'rate 1,000, mode batch, verify true',
    )
  })
})
