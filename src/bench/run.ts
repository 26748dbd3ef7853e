/**
 * The result of one run of a scenario, as it is stored, printed, compared and published as JSON.
 * Units: rates in operations a second, times in ms, memory in bytes, CPU in percent of one core.
 * null means "not measured here", never zero.
 */
export interface BenchRun {
  /** Version of this shape; see schemas/bench-run.json. */
  format: 2
  /** Sorts by time: `20261125-034012-sustained-4f2a`. */
  id: string
  scenario: Scenario
  /** Name given with --label, for `bench compare`. */
  label: string | null
  /** RFC 3339. */
  startedAt: string
  seconds: number
  /** `failed`: a check failed. `invalid`: generator or machine were at their limit, so the figures mean nothing. */
  state: 'ok' | 'failed' | 'invalid' | 'interrupted'
  /** A summary in one line, e.g. `1,850 ops/s (±3 %, 5 runs) within p99 < 50 ms`. */
  verdict: string
  checks: Check[]
  parameters: Record<string, string | number | boolean | null>
  steps: Step[]
  /** The documented figures beside the measured ones. */
  comparisons: Comparison[]
  /** What limits the figures, judged by the evidence. */
  limit: Limit | null
  ledger: Ledger | null
  fit: ScalabilityFit | null
  /** Remarks, e.g. on the warm-up, a missing figure, or why it differs from another tool's. */
  notes: string[]
  /**
   * Figures by name for --fail-if, e.g. {rate: 1000, p50: 1.2, p99: 8.1, raw99: 2.5, errors: 0, lost: 0}.
   * Figures that were not measured are left out.
   */
  metrics: Record<string, number>
  /** The same figures for `bench compare`: every list has one value for each round. */
  rounds: Record<string, number[]>
  environment: Environment
}

export const SCENARIOS = [
  'connections',
  'modes',
  'bombard',
  'sustained',
  'workers',
  'recovery',
  'capacity',
] as const
export type Scenario = (typeof SCENARIOS)[number]

/** A condition that the run had to meet. */
export interface Check {
  /** `p99`, `errors`, `lost`, `backlog`. */
  name: string
  ok: boolean
  /** Measured and required value with units: `p99 41.0 < 50 ms`. */
  text: string
}

/** One row of the capacity table. */
export interface Step {
  /** `batch of 1,000`, `10 workers × 500`, `2,000 ops/s`. */
  name: string
  parameters: Record<string, string | number | boolean | null>
  /** Requested operations per second; null if the step ran as fast as it could. */
  target: number | null
  achieved: number
  /** Distribution of the operations of each whole second. */
  perSecond: {p10: number; p50: number; p90: number; min: number; max: number} | null
  /** Latency from the scheduled send; `raw99` from the actual send. */
  latency: Latency | null
  /** Delay from the scheduled to the actual send, p99, ms. */
  lagMs: number | null
  /** Share of operations that failed, 0 to 1. */
  errors: number
  /** Growth of the queue, items per second. */
  backlogPerSecond: number | null
  usage: Usage | null
  verdict: string
  /** Operations of each whole second, for the plot of throughput over time. */
  throughput: number[]
  /** [percentile 0 to 100, ms], for the plot of latency; rising. */
  spectrum: Array<[number, number]>
}

/** Percentiles with fewer than 10 samples beyond them are null. */
export interface Latency {
  samples: number
  p50: number | null
  p90: number | null
  p99: number | null
  p999: number | null
  max: number
  /** 99th percentile from the actual send, as most tools measure it. */
  raw99: number | null
  /** Names of figures that are lower bounds, as some operations had no answer when the run ended; absent if none. */
  atLeast?: string[]
}

export interface Usage {
  qtool: ProcessUsage
  redis: ProcessUsage | null
  postgres: ProcessUsage | null
  /** Delay of the event loop of this process, p99, ms. */
  loopLagMs: number
}

export interface ProcessUsage {
  /** Percent of one core, on average. */
  cpu: number | null
  /** Peak memory in bytes. */
  memory: number | null
  /** `process`: read from the system. `server`: as the server reports it. */
  source: 'process' | 'server'
}

export interface Comparison {
  measure: string
  documented: number
  measured: number | null
  unit: string
  /** True for a rate, say; false if less is better, as for a time. */
  moreIsBetter: boolean
}

/** The bottleneck. */
export interface Limit {
  /** `generator`, `redis cpu`, `postgres pool`, `postgres writes`, `postgres locks`, `postgres cpu`, `machine cpu`, `round trip`, `latency` (nothing is exhausted, but the SLO is missed), `none`. */
  what: string
  /** The evidence, most telling first: `pool wait 71 % of the time (20 of 20 busy)`. */
  evidence: string[]
}

/** enqueued = rows + already there + dead letters + leased + ready, counted in the servers. */
export interface Ledger {
  enqueued: number
  rows: number
  alreadyThere: number
  deadLetters: number
  leased: number
  ready: number
  lost: number
  duplicated: number
}

/**
 * Universal Scalability Law, X(n) = λn / (1 + σ(n−1) + κn(n−1)).
 * http://www.perfdynamics.com/Manifesto/USLscalability.html
 */
export interface ScalabilityFit {
  /** `too few points` if the data does not determine the curve. */
  state: 'fitted' | 'too few points'
  /** Throughput of one worker. */
  lambda: number | null
  /** Contention. */
  sigma: number | null
  /** Coherency: makes throughput fall again. */
  kappa: number | null
  /** Relative error of the fit: root mean square of the residuals over the mean. */
  error: number | null
  /** Workers at which throughput peaks; null if that is too far beyond the measured ones, or on a plateau. */
  peakAt: number | null
  peak: number | null
  /** The measured points: workers, operations a second. */
  points: Array<[number, number]>
  /** The fitted curve over the same range. */
  curve: Array<[number, number]>
}

/** Where the run took place; runs with different environments are not compared. */
export interface Environment {
  cpu: string
  cores: number
  memory: number
  system: string
  node: string
  qtool: string
  redis: ServerEnvironment | null
  postgres: ServerEnvironment | null
  /** Hash of everything that changes figures: machine, Node, servers and their settings; not qtool itself. */
  fingerprint: string
}

export interface ServerEnvironment {
  version: string
  /** On this machine. */
  local: boolean
  /** Median round trip of an empty command, ms. */
  roundTripMs: number
  /** Settings that change figures, e.g. {appendfsync: 'everysec'}. */
  settings: Record<string, string>
}
