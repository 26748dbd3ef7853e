import type {ScalabilityFit} from '../../../src/bench/shape/fit.ts'
import type {BenchRun} from '../../../src/bench/shape/run.ts'
import {latency, perSecond, run, spectrum, step, throughput, usage} from './sample-parts.ts'

const held = throughput(1000, {seconds: 60, spread: 0.012})

export const sustained: BenchRun = run({
  id: '20261125-034012-sustained-4f2a',
  scenario: 'sustained',
  label: 'main',
  verdict: '1,000 ops/s held for 60 s, p99 7.6 ms from enqueue to row',
  checks: [
    {name: 'p99', ok: true, text: 'p99 7.6 < 50 ms'},
    {name: 'errors', ok: true, text: 'errors 0.00 < 0.1 %'},
    {name: 'backlog', ok: true, text: 'backlog steady'},
    {name: 'lost', ok: true, text: 'lost 0'},
  ],
  parameters: {rate: 1000, seconds: 60, workers: 10, batch: 500, warmup: '5 s', slo: null},
  steps: [
    step('1,000 ops/s', 999.98, {
      target: 1000,
      perSecond: perSecond(held),
      latency: latency(2.31, 2.12, 7.4),
      lagMs: 0.42,
      backlogPerSecond: 0,
      usage: usage(31, 9, 22),
      throughput: held,
      spectrum: spectrum(2.31, 2.12, 3.7),
    }),
  ],
  comparisons: [
    {measure: 'rate held for 60 s', documented: 1000, measured: 999.98, unit: 'ops/s', moreIsBetter: true},
    {measure: 'CPU of qtool', documented: 30, measured: 31, unit: '% of a core', moreIsBetter: false},
    {measure: 'memory of qtool', documented: 200, measured: 107.5, unit: 'MB', moreIsBetter: false},
  ],
  limit: {what: 'none', evidence: ['nothing above 31 % of a core', 'pool 3 of 20 busy at most']},
  ledger: {
    enqueued: 60_000,
    rows: 59_996,
    alreadyThere: 0,
    deadLetters: 4,
    leased: 0,
    ready: 0,
    lost: 0,
    duplicated: 0,
  },
  notes: [
    'the first 5 s are warm-up and not counted',
    'latency is from the intended time of each operation to its row',
  ],
  metrics: {rate: 999.98, p50: 2.31, p99: 7.52, raw99: 7.4, errors: 0, lost: 0},
})

const SWEEP: Array<[number, number, number]> = [
  [1, 1730, 2.8],
  [2, 3310, 3],
  [4, 5920, 3.3],
  [8, 9240, 4.2],
  [12, 10_630, 5.6],
  [16, 11_020, 7.1],
  [24, 10_480, 11.3],
  [32, 9610, 16.4],
]

const [lambda, sigma, kappa] = [1748, 0.0496, 0.00331]
const usl = (n: number) => (lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1))

const fit: ScalabilityFit = {
  state: 'fitted',
  lambda,
  sigma,
  kappa,
  error: 0.0214,
  peakAt: 16.95,
  peak: usl(16.95),
  points: SWEEP.map(([workers, rate]) => [workers, rate]),
  curve: Array.from({length: 63}, (_, i) => [1 + i / 2, usl(1 + i / 2)]),
}

export const workers: BenchRun = run({
  id: '20261125-034401-workers-91bc',
  scenario: 'workers',
  verdict: '11,020 rows/s with 16 workers; more workers make it slower past 17',
  checks: [
    {name: 'lost', ok: true, text: 'lost 0'},
    {name: 'duplicated', ok: true, text: 'twice 0'},
  ],
  parameters: {workers: '1,2,4,8,12,16,24,32', batch: 500, seconds: 10},
  steps: SWEEP.map(([count, rate, p50], i) => {
    const seconds = throughput(rate, {seconds: 10, spread: 0.03 + i * 0.004, seed: count})
    return step(`${count} ${count === 1 ? 'worker' : 'workers'} × 500`, rate, {
      perSecond: perSecond(seconds),
      latency: latency(p50, 1.9, null, rate * 10),
      usage: usage(12 + i * 9, 4 + i * 3, Math.min(160, 18 * count)),
      verdict: count === 16 ? 'best' : count > 16 ? 'past the peak' : 'ok',
      throughput: seconds,
      spectrum: spectrum(p50, 1.9, 3),
    })
  }),
  comparisons: [
    {measure: 'drain, 1 worker', documented: 200, measured: 1730, unit: 'rows/s', moreIsBetter: true},
    {measure: 'drain, 10 workers', documented: 1000, measured: 10_060, unit: 'rows/s', moreIsBetter: true},
  ],
  limit: {
    what: 'postgres writes',
    evidence: ['WAL sync 62 % of the time', 'Postgres CPU 160 % of 200 %', 'pool wait 8 % (32 of 32 busy)'],
  },
  ledger: {
    enqueued: 619_400,
    rows: 619_400,
    alreadyThere: 0,
    deadLetters: 0,
    leased: 0,
    ready: 0,
    lost: 0,
    duplicated: 0,
  },
  fit,
  notes: ['each step begins with an empty table and a full queue'],
  metrics: {rate: 11_020, lost: 0},
})

const MODES: Array<[string, number]> = [
  ['single', 11.04],
  ['pipeline of 100', 1090],
  ['pipeline of 1,000', 9870],
  ['batch of 100', 1105],
  ['batch of 1,000', 10_940],
  ['auto-pipelining', 8120],
]

export const modes: BenchRun = run({
  id: '20261125-035212-modes-07de',
  scenario: 'modes',
  verdict: 'over a round trip of 90 ms: single 11/s, pipelined 9,870/s (894 times), batch 10,940/s',
  parameters: {rtt: '90 ms', count: 50_000},
  steps: MODES.map(([name, rate], i) => {
    const seconds = throughput(rate, {seconds: 8, spread: 0.05, seed: 40 + i})
    return step(name, rate, {perSecond: perSecond(seconds), throughput: seconds})
  }),
  comparisons: [
    {measure: 'single', documented: 11, measured: 11.04, unit: 'items/s', moreIsBetter: true},
    {measure: 'pipelined', documented: 3800, measured: 9870, unit: 'items/s', moreIsBetter: true},
    {measure: 'pipelined over single', documented: 345, measured: 894, unit: 'times', moreIsBetter: true},
  ],
  limit: {what: 'round trip', evidence: ['1 / 90 ms = 11.1 single commands a second']},
  notes: ['the round trip is simulated by a proxy that holds each byte back for 45 ms each way'],
  metrics: {rate: 10_940},
})

const RATES: Array<[number, number, number, number, number, string]> = [
  [500, 500, 2.1, 1.9, 4, 'ok'],
  [1000, 1000, 2.4, 2.6, 6.1, 'ok'],
  [1500, 1500, 2.9, 3.1, 7.2, 'ok'],
  [1850, 1849.6, 3.4, 3.6, 8.8, 'best'],
  [2000, 1941, 6.8, 5.4, 9.7, 'KNEE'],
]

export const capacity: BenchRun = run({
  id: '20261125-040010-capacity-5a11',
  scenario: 'capacity',
  state: 'failed',
  verdict: '1,849 ops/s (± 3 %, 5 runs) within p99 < 50 ms; 2,000 was asked for',
  checks: [
    {name: 'p99', ok: true, text: 'p99 25.5 < 50 ms'},
    {name: 'errors', ok: true, text: 'errors 0.00 < 0.1 %'},
    {name: 'rate', ok: false, text: 'rate 1,849 >= 2,000 ops/s'},
  ],
  parameters: {slo: 'p99<50ms', rounds: 5},
  steps: RATES.map(([target, achieved, p50, tail, raw99, verdict], i) => {
    const seconds = throughput(achieved, {spread: i === 4 ? 0.14 : 0.01, seed: target})
    return step(`${target.toLocaleString('en')} ops/s`, achieved, {
      target,
      perSecond: perSecond(seconds),
      latency: latency(p50, tail, raw99, target * 20),
      lagMs: i === 4 ? 52.3 : 0.11 + i * 0.1,
      errors: i === 4 ? 0.000_02 : 0,
      backlogPerSecond: i === 4 ? 58.7 : 0,
      usage: usage(22 + i * 14, 6 + i * 3, 20 + i * 22),
      verdict,
      throughput: seconds,
      spectrum: spectrum(p50, tail, 3.3),
    })
  }),
  limit: {what: 'postgres pool', evidence: ['pool wait 71 % of the time (20 of 20 busy)', 'Redis CPU 18 %']},
  notes: ['each rate was held for 20 s after 5 s of warm-up'],
  metrics: {rate: 1849.6, p99: 25.43},
})

export const connections: BenchRun = run({
  id: '20261125-040512-connections-c0de',
  scenario: 'connections',
  state: 'invalid',
  verdict: 'the generator was at its limit: event loop held up for 212 ms',
  checks: [{name: 'recovery', ok: true, text: 'recovered in 38 ms < 1 s'}],
  steps: [
    step('pool of 20', 1420, {latency: latency(0.62, 1.7, null, 20), verdict: 'ok'}),
    step('pool of 50', 1380, {latency: latency(0.71, 1.8, null, 50), verdict: 'full at 50'}),
    step('maxclients 10,000', 912, {
      latency: latency(1.9, 2.4, null, 9984),
      errors: 0.0016,
      verdict: 'ERR max number of clients reached',
    }),
  ],
  comparisons: [
    {measure: 'connections opened', documented: 40, measured: 9984, unit: 'connections', moreIsBetter: true},
    {measure: 'recovery after release', documented: 1000, measured: 38, unit: 'ms', moreIsBetter: false},
    {measure: 'failover', documented: 1, measured: null, unit: 's', moreIsBetter: false},
  ],
  limit: {what: 'generator', evidence: ['event loop lag p99 212 ms', 'qtool CPU 99 %']},
})

/** Everything that `bench all` can produce. */
export const all: BenchRun[] = [connections, modes, sustained, workers, capacity]

const NASTY = '<img src=x onerror="alert(1)">|`*_[x](javascript:0)\u001b[31m\u202e\ud800&amp;'

/** A run as an attacker would write it. */
export const hostile: BenchRun = {
  ...sustained,
  id: NASTY,
  label: NASTY,
  verdict: NASTY,
  checks: [{name: NASTY, ok: false, text: NASTY}],
  parameters: {[NASTY]: NASTY},
  steps: sustained.steps.map((one) => ({...one, name: NASTY, verdict: NASTY})),
  comparisons: sustained.comparisons.map((one) => ({...one, measure: NASTY, unit: NASTY})),
  limit: {what: NASTY, evidence: [NASTY]},
  notes: [NASTY, '</style></svg></title><script>alert(2)</script>'],
  environment: {...sustained.environment, cpu: NASTY, system: NASTY, node: NASTY},
}
