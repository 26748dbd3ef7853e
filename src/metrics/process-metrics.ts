import {readFileSync} from 'node:fs'
import {collectDefaultMetrics, Gauge, type Registry} from 'prom-client'

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
  build.set({version: readVersion(), node: process.version}, 1)
}

/** The version in package.json, whose relative path is the same from src and from dist. */
function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const {version}: {version?: unknown} = JSON.parse(text)
  return String(version)
}
