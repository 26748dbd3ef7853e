import {type BenchRun, SCENARIOS} from '../run.ts'

/** Checks enough of the shape for a stored run to be printed and compared without errors. */
export function isRun(value: unknown): value is BenchRun {
  if (!isObject(value) || value.format !== 2) return false
  return Object.entries(FIELDS).every(([name, fits]) => fits(value[name]))
}

type Test = (value: unknown) => boolean

const isText: Test = (value) => typeof value === 'string'
const isNumber: Test = (value) => typeof value === 'number'
const orNull =
  (fits: Test): Test =>
  (value) =>
    value === null || fits(value)
const listOf =
  (fits: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(fits)
const mapOf =
  (fits: Test): Test =>
  (value) =>
    isObject(value) && Object.values(value).every(fits)

const isServer: Test = (value) =>
  isObject(value) &&
  isText(value.version) &&
  typeof value.local === 'boolean' &&
  isNumber(value.roundTripMs) &&
  mapOf(isText)(value.settings)

const isEnvironment: Test = (value) =>
  isObject(value) &&
  [value.cpu, value.system, value.node, value.qtool, value.fingerprint].every(isText) &&
  [value.cores, value.memory].every(isNumber) &&
  [value.redis, value.postgres].every(orNull(isServer))

const FIELDS: Record<Exclude<keyof BenchRun, 'format'>, Test> = {
  id: isText,
  scenario: (value) => SCENARIOS.some((scenario) => scenario === value),
  label: orNull(isText),
  startedAt: isText,
  seconds: isNumber,
  state: (value) => ['ok', 'failed', 'invalid', 'interrupted'].some((state) => state === value),
  verdict: isText,
  checks: listOf(isObject),
  parameters: isObject,
  steps: listOf(isObject),
  comparisons: listOf(isObject),
  limit: orNull(isObject),
  ledger: orNull(isObject),
  fit: orNull(isObject),
  notes: listOf(isText),
  metrics: mapOf(isNumber),
  rounds: mapOf(listOf(isNumber)),
  environment: isEnvironment,
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
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
