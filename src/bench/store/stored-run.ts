import {readFileSync} from 'node:fs'
import {Check} from 'typebox/schema'
import {packageFile} from '../../package-file.ts'
import type {BenchRun} from '../shape/run.ts'

/** The published JSON schema, which the build writes from `shape/run.ts`. */
const SCHEMA: Record<string, unknown> = JSON.parse(
  readFileSync(packageFile('schemas', 'bench-run.json'), 'utf8'),
)

/** Whether a value that was stored is a run of this format. */
export function isRun(value: unknown): value is BenchRun {
  return Check(SCHEMA, value)
}

/** Path of the first number that is NaN or infinite, e.g. `rounds.p99.3`; undefined if there is none. */
export function findUnfit(value: unknown, path = ''): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : path
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const unfit = findUnfit(inner, path ? `${path}.${name}` : name)
    if (unfit) return unfit
  }
  return undefined
}
