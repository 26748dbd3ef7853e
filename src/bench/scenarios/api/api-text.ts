import {count} from '../../../render/format.ts'
import {named} from '../../figures.ts'
import type {Findings} from '../../findings.ts'
import {distributionOf} from '../../measure/distribution.ts'
import type {Check, Comparison} from '../../shape/findings.ts'
import type {Step} from '../../shape/step.ts'
import {makeStep} from '../../step.ts'
import {apiChecks} from './api-checks.ts'
import {ROUTES, type RouteName} from './routes.ts'
import {type ApiSeen, DOCUMENTED, ingested, type StepSeen} from './seen.ts'
import type {Volley} from './volley.ts'

/** Share of the time from which the event loop of the generator counts as never idle. */
const NEVER_IDLE = 0.95

/** Turns what was seen into steps, checks and figures. */
export function apiFindings(seen: ApiSeen): Omit<Findings, 'parameters'> {
  const {steps} = seen
  const checks = apiChecks(seen)
  return {
    verdict: verdictOf(seen, checks),
    checks,
    steps: steps.map(stepOf),
    comparisons: comparisonsOf(seen),
    limit: null,
    ledger: null,
    fit: null,
    notes: notesOf(seen),
    metrics: metricsOf(seen),
  }
}

function verdictOf(seen: ApiSeen, checks: Check[]): string {
  const bad = checks.find(({ok}) => !ok)
  if (bad) return bad.text
  const rates = usualSteps(seen).map((step) => `${step.route} ${count(Math.floor(rateOf(step)))}/s`)
  const at = count(usualSteps(seen)[0].connections)
  const served = clientsServed(seen)
  const refusing = served === null ? 'with the fewest' : `beyond ${count(served)}`
  const isAll = served === Math.max(...seen.options.connections)
  const clients = isAll ? `none was refused with up to ${count(served)}` : `some were refused ${refusing}`
  const {recoveryMs} = seen.poolOut ?? {}
  const recovered = recoveryMs == null ? '' : `; a full pool recovered in ${recoveryMs.toFixed(1)} ms`
  return `${rates.join(', ')} with ${at} connections; ${clients}${recovered}`
}

function rateOf({volley: {good, seconds}}: StepSeen): number {
  return seconds > 0 ? good / seconds : 0
}

/** The steps that represent their routes: those with the documented number of clients, else the largest below. */
function usualSteps({steps}: ApiSeen): StepSeen[] {
  return (Object.keys(ROUTES) as RouteName[]).flatMap((route) => {
    const own = steps.filter((step) => step.route === route)
    return own.findLast(({connections}) => connections <= DOCUMENTED.clients) ?? own.slice(0, 1)
  })
}

function stepOf(seen: StepSeen): Step {
  const {route, connections, volley, served, serverCpuMs, usage} = seen
  const {good, bad, refused, perSecond, latency, spectrum, cpuMs, busy, broken, lost} = volley
  return makeStep({
    name: `${route}, ${count(connections)} connections`,
    parameters: {
      ...{route, connections, good, bad, refused, broken, lost, served, seconds: volley.seconds},
      serverCpuSeconds: serverCpuMs === null ? null : serverCpuMs / 1000,
      generatorCpuSeconds: cpuMs / 1000,
      generatorBusy: busy,
    },
    achieved: rateOf(seen),
    perSecond: distributionOf(perSecond),
    latency,
    errors: good + bad === 0 ? 1 : bad / (good + bad),
    usage,
    verdict: stepVerdict(volley),
    throughput: perSecond,
    spectrum,
  })
}

function stepVerdict({bad, refused, busy}: Volley): string {
  if (bad > refused) return `${count(bad - refused)} failed`
  if (refused > 0) return `${count(refused)} refused`
  return busy >= NEVER_IDLE ? 'generator busy' : 'ok'
}

function comparisonsOf(seen: ApiSeen): Comparison[] {
  const usual = (route: RouteName) => usualSteps(seen).find((step) => step.route === route)
  const rate = (route: 'health' | 'admin'): Comparison => {
    const step = usual(route)
    const measured = step?.connections === DOCUMENTED.clients ? rateOf(step) : null
    const measure = `${route}, requests with ${DOCUMENTED.clients} clients`
    return {measure, documented: DOCUMENTED[route], measured, unit: '/s', moreIsBetter: true}
  }
  const recoveryMs = seen.poolOut?.recoveryMs ?? null
  return [
    rate('health'),
    rate('admin'),
    {
      measure: 'clients without a failed request, at least',
      documented: DOCUMENTED.clients,
      measured: clientsServed(seen),
      unit: 'clients',
      moreIsBetter: true,
    },
    {
      measure: 'recovery of a full pool',
      documented: DOCUMENTED.recoverySeconds,
      measured: recoveryMs === null ? null : recoveryMs / 1000,
      unit: 's',
      moreIsBetter: false,
    },
  ]
}

/** The most clients up to which every request to every route was answered well; null if it is not even the fewest. */
function clientsServed({steps, options}: ApiSeen): number | null {
  const failing = new Set(steps.filter(({volley}) => volley.bad > 0).map(({connections}) => connections))
  const first = options.connections.findIndex((connections) => failing.has(connections))
  return (first < 0 ? options.connections.at(-1) : options.connections[first - 1]) ?? null
}

function notesOf({steps, options, poolOut}: ApiSeen): string[] {
  const busiest = steps.filter(({volley}) => volley.busy >= NEVER_IDLE)
  return [
    'each connection sends its next request once it has the answer, so times are from the actual send',
    `CPU of server and generator per 1,000 requests: ${(Object.keys(ROUTES) as RouteName[]).map((route) => cpuOf(steps, route)).join('; ')}`,
    `an upload has ${options.records} records; CPU and memory of qtool are those of the server, the loop that of the process that measures`,
    ...(busiest.length > 0
      ? [
          `in ${busiest.length} of ${steps.length} steps the generator was never idle: their rates are lower bounds, and their times upper ones`,
        ]
      : []),
    ...(poolOut
      ? [
          `with ${options.pool} connections to Redis, ${poolOut.held} uploads run at a time; the next was answered with ${poolOut.refused.status} after ${Math.ceil(poolOut.refused.ms)} ms`,
        ]
      : []),
  ]
}

function cpuOf(steps: StepSeen[], route: RouteName): string {
  const own = steps.filter((step) => step.route === route)
  const requests = own.reduce((all, {volley}) => all + volley.good + volley.bad, 0)
  const per = (ms: number) => `${(ms / requests).toFixed(2)} s`
  const server = own.reduce((all, {serverCpuMs}) => all + (serverCpuMs ?? Number.NaN), 0)
  const generator = own.reduce((all, {volley}) => all + volley.cpuMs, 0)
  return requests === 0 ? `${route} n/a` : `${route} ${per(server)} and ${per(generator)}`
}

function metricsOf(seen: ApiSeen): Record<string, number> {
  const usual = usualSteps(seen)
  const of = (name: RouteName) => usual.find(({route}) => route === name)
  const rate = (name: RouteName) => {
    const step = of(name)
    return step && rateOf(step)
  }
  const all = seen.steps.map(({volley}) => volley)
  const bad = all.reduce((sum, one) => sum + one.bad, 0)
  const good = all.reduce((sum, one) => sum + one.good, 0)
  return named({
    rateHealth: rate('health'),
    rateAdmin: rate('admin'),
    rateIngest: rate('ingest'),
    p99Health: of('health')?.volley.latency?.p99,
    p99Admin: of('admin')?.volley.latency?.p99,
    p99Ingest: of('ingest')?.volley.latency?.p99,
    errors: good + bad === 0 ? null : bad / (good + bad),
    recovery: seen.poolOut?.recoveryMs,
    lost: Math.max(0, ingested(seen) - seen.items),
    cpu: usual[0]?.usage.qtool.cpu,
    memory: Math.max(...seen.steps.map(({usage}) => usage.qtool.memory ?? 0)) || null,
  })
}
