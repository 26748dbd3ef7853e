import type {NotReady} from './readiness.ts'
import type {WorkerMetrics} from './worker-metrics.ts'

/** What a worker process tells the one that started it. */
export interface Report {
  metrics: object[]
  failed: NotReady[]
}

/** How often a worker process reports, ms. */
const EVERY_MS = 1000

/**
 * Reports to the process that started this one while `use` runs, and once more at its end, so that no count is missed.
 * Nobody can be told if that process is gone.
 */
export async function reporting<R>(metrics: WorkerMetrics, use: () => Promise<R>): Promise<R> {
  const report = async () =>
    tell({metrics: await metrics.registry.getMetricsAsJSON(), failed: metrics.failed()})
  // Whatever fails here, the next report makes up for it
  const timer = setInterval(() => void report().catch(() => {}), EVERY_MS)
  timer.unref()
  await report()
  try {
    return await use()
  } finally {
    clearInterval(timer)
    await report()
  }
}

function tell(report: Report): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected && process.send) process.send(report, () => resolve())
    else resolve()
  })
}

/** Whether something that came from a worker process is its report. */
export function isReport(message: unknown): message is Report {
  if (typeof message !== 'object' || message === null) return false
  const {metrics, failed}: {metrics?: unknown; failed?: unknown} = message
  return Array.isArray(metrics) && Array.isArray(failed)
}
