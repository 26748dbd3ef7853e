import {metricsText} from '../../src/metrics/queue-collector.ts'
import {WorkerMetrics} from '../../src/metrics/worker-metrics.ts'
import type {Observation} from '../../src/monitor/observation.ts'
import {writtenBy} from '../../src/record/outcomes.ts'

/** Metric → names of its labels: all that workers and the server can export. Of a histogram also its parts. */
export async function exported(): Promise<Map<string, Set<string>>> {
  const labels = new Map<string, Set<string>>()
  for (const text of [await ofWorker(), await ofServer()]) {
    for (const [, name] of text.matchAll(/^# TYPE (\S+) /gm)) labels.set(name, new Set())
    for (const [, series, list = ''] of text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? \S+$/gm)) {
      const names = [...list.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)].map(([, name]) => name)
      for (const name of [series, series.replace(/_(bucket|sum|count)$/, '')]) {
        if (name !== series && !labels.has(name)) continue
        const known = labels.get(name) ?? new Set()
        for (const label of names) if (label !== 'le' || name === series) known.add(label)
        labels.set(name, known)
      }
    }
  }
  return labels
}

const WRITTEN = {...writtenBy(() => 1), records: 1, refused: [], deadLetters: [], postponed: []}

/** Of a worker to which everything has happened once that has labels of its own. */
async function ofWorker(): Promise<string> {
  const metrics = new WorkerMetrics(new AbortController().signal)
  const pool = {totalCount: 1, idleCount: 0, waitingCount: 0}
  const queue = {name: 'orders', can: {age: false}}
  for (const one of metrics.observers({queue: queue as never, pool: pool as never})) {
    one.gaveBack?.({} as never, 'failed', new Error('broken'))
    one.settled?.({} as never, {...WRITTEN, tables: [{...WRITTEN, table: 'public.orders'}]} as never)
  }
  return metrics.text()
}

const SPREAD = {
  ...{shards: 1, shardBy: null, move: null},
  each: [{queue: 'orders_shard_1', isRetired: false, ready: 1, leased: 1, deadLetters: 1}],
}

async function ofServer(): Promise<string> {
  const memory = {bytes: 1, isEstimate: false}
  const inspection: Partial<Observation['inspection']> = {
    queue: 'orders',
    spread: SPREAD,
    at: '2026-01-01T00:00:00Z',
    ready: 1,
    leased: 1,
    leases: 1,
    overdueLeases: 0,
    deadLetters: 1,
    oldestMs: 1000,
    paused: false,
    workers: [],
    deadLettersByReason: {},
    foreignDeadLetters: 1,
    totals: {
      ...writtenBy(() => 1),
      ...{enqueued: 1, deadLettered: 1, empty: 1, trimmed: 1},
    },
    memory: {ready: memory, deadLetters: memory},
    server: {
      usedBytes: 1,
      peakBytes: 1,
      maxBytes: 1,
      policy: 'noeviction',
      fragmentation: 1,
      clients: {connected: 1, blocked: 0, max: 10},
    },
  }
  const observation = {
    inspection: inspection as Observation['inspection'],
    rates: {in: 1, out: 1, deadLettered: 0},
    recordsPerItem: 1,
    busyWorkers: 1,
    forecast: {state: 'clears', seconds: 1, marginSeconds: 1},
    verdict: {level: 'ok', text: '', reason: ''},
  } as Observation
  const keeping = {redisDurability: 'always', failover: 'bounded', postgresDurability: 'synchronous'}
  return metricsText([observation], {keeping, scale: {targetSeconds: 60}})
}
