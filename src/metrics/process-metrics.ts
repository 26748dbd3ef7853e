import {collectDefaultMetrics, Gauge, type Registry} from 'prom-client'
import {qtoolVersion} from '../version.ts'

/** Adds the version of qtool, and what every Node.js program shows of itself (`process_*`, `nodejs_*`). */
export function registerProcess(registry: Registry): void {
  collectDefaultMetrics({register: registry})
  const build = new Gauge({
    name: 'qtool_build_info',
    help: 'Always 1; the labels say which qtool this is.',
    labelNames: ['version', 'node'],
    aggregator: 'max',
    registers: [registry],
  })
  build.set({version: qtoolVersion(), node: process.version}, 1)
}
