import type {Environment} from '../../../src/bench/shape/environment.ts'
import type {BenchRun} from '../../../src/bench/shape/run.ts'
import type {Latency, Step, Usage} from '../../../src/bench/shape/step.ts'

/** The same numbers every time, between 0 and 1. */
function createNoise(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/** Operations of each second, which differ from `rate` by at most the share `spread`. */
export function throughput(rate: number, {seconds = 20, spread = 0.02, seed = 7} = {}): number[] {
  const noise = createNoise(seed)
  return Array.from({length: seconds}, () => Math.round(rate * (1 + spread * (2 * noise() - 1))))
}

/** A latency distribution with the given p50 and a tail that grows by `tail` for each nine. */
export function spectrum(p50: number, tail: number, nines = 3): Array<[number, number]> {
  const points = [0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 99.995, 99.999]
  return points
    .filter((percentile) => 100 - percentile >= 100 / 10 ** nines - 1e-9)
    .map((percentile) => [percentile, p50 * tail ** bent(-Math.log10(1 - percentile / 100))])
}

/** Exponent of the tail: flat, then a shoulder, as from occasional pauses; about zero at the median. */
function bent(nines: number): number {
  return (nines - 0.301) * (0.55 + 0.45 / (1 + Math.exp(4 * (1.6 - nines))))
}

export function latency(p50: number, tail: number, raw99: number | null, samples = 60_000): Latency {
  const at = (nines: number) => Number((p50 * tail ** bent(nines)).toFixed(3))
  const p999 = samples >= 10_000 ? at(3) : null
  return {samples, p50, p90: at(1), p99: at(2), p999, max: Number((at(3) * 1.3).toFixed(3)), raw99}
}

export function usage(qtool: number, redis: number, postgres: number): Usage {
  const MIB = 1024 * 1024
  return {
    qtool: {cpu: qtool, memory: (92 + qtool / 2) * MIB, source: 'process'},
    redis: {cpu: redis, memory: 31.4 * MIB, source: 'server'},
    postgres: {cpu: postgres, memory: (140 + postgres) * MIB, source: 'process'},
    loopLagMs: 1.2 + qtool / 40,
  }
}

/** A step with only a rate. */
export function step(name: string, achieved: number, more: Partial<Step> = {}): Step {
  return {
    name,
    parameters: {},
    target: null,
    achieved,
    perSecond: null,
    latency: null,
    lagMs: null,
    errors: 0,
    backlogPerSecond: null,
    usage: null,
    verdict: 'ok',
    throughput: [],
    spectrum: [],
    ...more,
  }
}

/** The distribution over the seconds of a step. */
export function perSecond(seconds: number[]): Step['perSecond'] {
  const sorted = seconds.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0
  return {p10: at(0.1), p50: at(0.5), p90: at(0.9), min: at(0), max: at(1)}
}

export const environment: Environment = {
  cpu: 'AMD EPYC 7B13',
  cores: 2,
  memory: 8_326_914_048,
  system: 'Debian GNU/Linux 12, Linux 6.1.0 x64',
  node: '20.20.2',
  qtool: '0.1.0',
  redis: {
    version: '7.2.4',
    local: true,
    roundTripMs: 0.061,
    settings: {appendonly: 'yes', appendfsync: 'everysec', 'io-threads': '1'},
  },
  postgres: {
    version: '18.4',
    local: true,
    roundTripMs: 0.118,
    settings: {synchronous_commit: 'on', shared_buffers: '128MB', max_connections: '200'},
  },
  fingerprint: 'b1946ac92492d234',
}

export function run(more: Partial<BenchRun> & Pick<BenchRun, 'id' | 'scenario' | 'verdict'>): BenchRun {
  return {
    format: 2,
    label: null,
    startedAt: '2026-11-25T03:40:12.000Z',
    seconds: 74.2,
    state: 'ok',
    checks: [],
    parameters: {},
    steps: [],
    comparisons: [],
    limit: null,
    ledger: null,
    fit: null,
    notes: [],
    metrics: {},
    rounds: {},
    environment,
    ...more,
  }
}
