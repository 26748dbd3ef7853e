import {usageError} from '../errors.ts'
import {nearest} from '../nearest.ts'
import {type MetricKind, metricOf} from './metric.ts'

export type Operator = '<' | '<=' | '>' | '>='

/** Whether a figure met what was asked of it. */
export interface Check {
  /** The figure. */
  name: string
  ok: boolean
  /** Its value and the limit, with units: `p99 41.0 < 50 ms`. */
  text: string
}

/** A condition on a figure of a run or of a queue. */
export interface Threshold {
  metric: string
  operator: Operator
  /** The limit in the unit of BenchRun.metrics. */
  limit: number
  /** The unit as written; `size` converts it into that of BenchRun.metrics. */
  unit: Unit
}

interface Unit {
  label: string
  size: number
}

const OPPOSITE: Record<Operator, Operator> = {'<': '>=', '<=': '>', '>': '<=', '>=': '<'}

const PLAIN: Unit = {label: '', size: 1}
const PER_SECOND: Unit = {label: '/s', size: 1}
const bytes = (label: string, size: number): Unit => ({label, size})

/** Units by kind of figure, in lower case; '' is the unit of a bare number. */
const UNITS: Record<MetricKind, Record<string, Unit & {times?: number}>> = {
  rate: {
    '': PER_SECOND,
    '/s': PER_SECOND,
    k: {...PER_SECOND, times: 1e3},
    'k/s': {...PER_SECOND, times: 1e3},
    m: {...PER_SECOND, times: 1e6},
    'm/s': {...PER_SECOND, times: 1e6},
  },
  time: {
    '': {label: 'ms', size: 1},
    us: {label: 'us', size: 1e-3},
    ms: {label: 'ms', size: 1},
    s: {label: 's', size: 1e3},
  },
  age: {
    '': {label: 's', size: 1e3},
    s: {label: 's', size: 1e3},
    m: {label: 'm', size: 60e3},
    h: {label: 'h', size: 3_600e3},
    d: {label: 'd', size: 86_400e3},
  },
  share: {'': PLAIN, '%': {label: '%', size: 0.01}},
  cpu: {'': {label: '%', size: 1}, '%': {label: '%', size: 1}},
  memory: {
    '': bytes('B', 1),
    b: bytes('B', 1),
    kb: bytes('KB', 1e3),
    mb: bytes('MB', 1e6),
    gb: bytes('GB', 1e9),
    kib: bytes('KiB', 2 ** 10),
    mib: bytes('MiB', 2 ** 20),
    gib: bytes('GiB', 2 ** 30),
  },
  count: {'': PLAIN, k: {...PLAIN, times: 1e3}, m: {...PLAIN, times: 1e6}},
}

/**
 * Parses --fail-if, e.g. `p99>50ms`, which states the failure. @param known - names of the figures that there are
 * @throws QtoolError (usage)
 */
export function parseThreshold(text: string, known: readonly string[]): Threshold {
  const written = parse('--fail-if', 'p99>50ms', text, known)
  return {...written, operator: OPPOSITE[written.operator]}
}

/** Parses --slo, e.g. `p99<50ms`, which states the goal. @param known - as for `parseThreshold` @throws likewise */
export function parseSlo(text: string, known: readonly string[]): Threshold {
  return parse('--slo', 'p99<50ms', text, known)
}

function parse(flag: string, example: string, text: string, known: readonly string[]): Threshold {
  const [, name, sign, digits, suffix] =
    /^\s*([\w.@]+)\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*(\S*)\s*$/.exec(text) ?? []
  const operator = (['<', '<=', '>', '>='] as const).find((one) => one === sign)
  if (!operator) {
    throw usageError(
      `expected ${flag} to be a figure, <, <=, > or >=, and a number, such as ${JSON.stringify(example)}, got ${JSON.stringify(text)}`,
    )
  }
  if (!known.includes(name)) {
    const near = nearest(name, [...known])
    throw usageError(
      `${flag}: there is no figure ${JSON.stringify(name)} here`,
      ...(near ? [`did you mean ${near}?`] : []),
      `figures: ${known.join(', ')}`,
    )
  }
  const kind = metricOf(name)?.kind ?? 'count'
  const unit = new Map(Object.entries(UNITS[kind])).get(suffix.toLowerCase())
  if (!unit) throw wrongUnit(flag, name, kind, suffix)
  const {label, size, times = 1} = unit
  const limit = Number(digits) * times * size
  if (kind === 'share' && limit > 1) {
    throw usageError(`expected ${name} from 0% to 100%, got ${JSON.stringify(digits + suffix)}`)
  }
  assertSensible(flag, text, {metric: name, operator})
  return {metric: name, operator, limit, unit: {label, size}}
}

function wrongUnit(flag: string, name: string, kind: MetricKind, suffix: string): Error {
  const units = Object.keys(UNITS[kind]).filter((unit) => unit !== '')
  const wanted = units.length > 0 ? `in ${units.join(', ')}` : 'without a unit'
  return usageError(`expected ${name} of ${flag} ${wanted}, got ${JSON.stringify(suffix)}`)
}

/** The two flags are easily mixed up, and a gate that requires slowness would always pass. */
function assertSensible(
  flag: string,
  text: string,
  {metric, operator}: Pick<Threshold, 'metric' | 'operator'>,
): void {
  const known = metricOf(metric)
  if (!known) return
  const asksForMore = operator.startsWith('>') === (flag === '--slo')
  if (asksForMore === known.moreIsBetter) return
  const better = known.moreIsBetter ? 'more' : 'less'
  const [goal, fault] = known.moreIsBetter ? ['>=', '<'] : ['<', '>']
  throw usageError(
    `expected ${flag} to require ${better} ${metric}, which is better, got ${JSON.stringify(text)}`,
    `--slo states the goal (${metric}${goal}…), --fail-if the failure (${metric}${fault}…)`,
  )
}

/**
 * Why figures that thresholds ask for cannot be judged, one text each: they were not measured, or are lower bounds
 * that do not exceed the limit.
 */
export function unjudged(
  metrics: Readonly<Record<string, number>>,
  thresholds: readonly Threshold[],
  atLeast: readonly string[],
): string[] {
  const measured = new Map(Object.entries(metrics))
  return thresholds.flatMap((threshold) => {
    const value = measured.get(threshold.metric)
    if (value === undefined || !Number.isFinite(value)) return [`${threshold.metric} was not measured`]
    const isOpen = atLeast.includes(threshold.metric) && holds(value, threshold.operator, threshold.limit)
    return isOpen ? [`${threshold.metric} is only known to be at least ${truthful(value, '>=', value)}`] : []
  })
}

/** One check for each threshold, which fails if the figure was not measured. */
export function checkThresholds(
  metrics: Readonly<Record<string, number>>,
  thresholds: readonly Threshold[],
): Check[] {
  const measured = new Map(Object.entries(metrics))
  return thresholds.map((threshold) => checkOne(measured.get(threshold.metric), threshold))
}

function checkOne(value: number | undefined, {metric, operator, limit, unit}: Threshold): Check {
  const behind = unit.label ? ` ${unit.label}` : ''
  const asked = `${plain(limit / unit.size)}${behind}`
  if (value === undefined || !Number.isFinite(value)) {
    return {name: metric, ok: false, text: `${metric} was not measured, expected ${operator} ${asked}`}
  }
  const ok = holds(value, operator, limit)
  const relation = ok ? operator : OPPOSITE[operator]
  const shown = truthful(value / unit.size, relation, limit / unit.size)
  return {name: metric, ok, text: `${metric} ${shown} ${relation} ${asked}`}
}

function holds(value: number, operator: Operator, limit: number): boolean {
  if (operator === '<') return value < limit
  if (operator === '<=') return value <= limit
  return operator === '>' ? value > limit : value >= limit
}

/** About three significant digits, or as many as the sentence needs to be true: never `50.0 > 50`. */
function truthful(value: number, relation: Operator, limit: number): string {
  if (Number.isInteger(value)) return plain(value)
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3
  for (let more = digits; more <= 12; more++) {
    const rounded = Number(value.toFixed(more))
    if (rounded !== 0 && holds(rounded, relation, limit)) return plain(rounded, more)
  }
  return String(value)
}

function plain(value: number, digits?: number): string {
  return value.toLocaleString('en-US', {minimumFractionDigits: digits, maximumFractionDigits: digits ?? 12})
}
