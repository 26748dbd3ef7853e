/** Kind of a figure; its unit is ops/s, ms (of a time or an age), a share of 1, percent of one core, bytes, or none. */
export type MetricKind = 'rate' | 'time' | 'age' | 'share' | 'cpu' | 'memory' | 'count'

export interface Metric {
  kind: MetricKind
  moreIsBetter: boolean
}

const more = (kind: MetricKind): Metric => ({kind, moreIsBetter: true})
const less = (kind: MetricKind): Metric => ({kind, moreIsBetter: false})

/** The figures of all scenarios, by name in BenchRun.metrics, and of queues. */
const METRICS = new Map<string, Metric>([
  ['rate', more('rate')],
  ['capacity', more('rate')],
  ['p50', less('time')],
  ['p90', less('time')],
  ['p99', less('time')],
  ['p999', less('time')],
  ['max', less('time')],
  ['raw99', less('time')],
  ['lag', less('time')],
  ['loopLag', less('time')],
  ['recovery', less('time')],
  ['duration', less('time')],
  ['errors', less('share')],
  ['backlog', less('rate')],
  ['lost', less('count')],
  ['duplicated', less('count')],
  ['connections', more('count')],
  ['leaks', less('count')],
  ['speedup', more('count')],
  ['cpu', less('cpu')],
  ['memory', less('memory')],
  ['ready', less('count')],
  ['leased', less('count')],
  ['overdue', less('count')],
  ['dead', less('count')],
  ['oldest', less('age')],
  ['workers', more('count')],
])

/**
 * Looks up a figure by its name. A figure of a part begins with the name of the whole: `rateBatch`, `cpuRedis` and
 * `p99@8` are a rate, a cpu and a p99.
 */
export function metricOf(name: string): Metric | undefined {
  const whole = /^[a-z]+\d*(?=[A-Z@])/.exec(name)?.[0] ?? ''
  return METRICS.get(name) ?? METRICS.get(whole)
}
