import {fingerprintOf} from '../../src/bench/environment/fingerprint.ts'
import type {Environment} from '../../src/bench/shape/environment.ts'
import type {BenchRun} from '../../src/bench/shape/run.ts'

/** An environment with a matching fingerprint. */
export function sampleEnvironment(changes: Partial<Environment> = {}): Environment {
  const parts = {
    cpu: 'Example CPU @ 2.00GHz',
    cores: 2,
    memory: 8 * 2 ** 30,
    system: 'Linux 6.1.0 x86_64',
    node: 'v20.20.2',
    qtool: '0.1.0',
    redis: {
      version: '7.0.15',
      local: true,
      roundTripMs: 0.08,
      settings: {appendonly: 'yes', appendfsync: 'everysec'},
    },
    postgres: {version: '16.3', local: true, roundTripMs: 0.11, settings: {fsync: 'on'}},
    ...changes,
  }
  return {...parts, fingerprint: fingerprintOf(parts)}
}

/** A small valid run of `sustained`, measured in five rounds. */
export function sampleRun(changes: Partial<BenchRun> = {}): BenchRun {
  return {
    format: 2,
    id: '20261125-034012-sustained-4f2a',
    scenario: 'sustained',
    label: null,
    startedAt: '2026-11-25T03:40:12.000Z',
    seconds: 61.2,
    state: 'ok',
    verdict: '1,000 ops/s held',
    checks: [],
    parameters: {rate: 1000, workers: 10},
    steps: [],
    comparisons: [],
    limit: null,
    ledger: null,
    fit: null,
    notes: [],
    metrics: {rate: 1000, p99: 8.1, errors: 0},
    rounds: {rate: [1000, 999, 1001, 1000, 1000], p99: [8.1, 8.0, 8.3, 7.9, 8.2]},
    environment: sampleEnvironment(),
    ...changes,
  }
}
