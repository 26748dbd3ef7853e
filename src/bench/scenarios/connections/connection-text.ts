import {count, plural} from '../../../render/format.ts'
import type {Findings} from '../../findings.ts'
import {latencyOf} from '../../measure/histogram.ts'
import type {Check, Comparison} from '../../shape/findings.ts'
import type {Step} from '../../shape/step.ts'
import type {PoolLimit} from './pool-limit.ts'
import type {ServerLimit} from './server-limit.ts'

export interface Leaks {
  /** Connections of this run that the server still has. */
  ours: number
  /** All clients of the server, before and after. */
  before: number
  after: number
}

export interface ConnectionsSeen {
  limits: PoolLimit[]
  ofServer: ServerLimit | undefined
  leaks: Leaks
  /** The server was to be filled, but plain sockets cannot connect to it. */
  isServerSkipped: boolean
}

/** The documented run: a pool of 20, then 50; 40 and more opened, failed near 50, recovered in less than a second. */
const DOCUMENTED = {pool: 50, recoverySeconds: 1}

/** Turns what was seen into steps, checks and figures. */
export function connectionFindings(
  seen: ConnectionsSeen,
): Pick<Findings, 'verdict' | 'checks' | 'steps' | 'comparisons' | 'notes' | 'metrics'> {
  const {limits, ofServer, leaks} = seen
  const checks = [
    ...limits.flatMap(poolChecks),
    ...(ofServer ? serverChecks(ofServer) : []),
    leakCheck(leaks),
  ]
  return {
    verdict: verdictOf(seen, checks),
    checks,
    steps: [...limits.map(poolStep), ...(ofServer ? [serverStep(ofServer)] : [])],
    comparisons: comparisonsOf(limits),
    notes: notesOf(seen),
    metrics: metricsOf(seen),
  }
}

function verdictOf({limits, ofServer, leaks}: ConnectionsSeen, checks: Check[]): string {
  const bad = checks.find(({ok}) => !ok)
  if (bad) return bad.text
  const pools = limits.map(({max}) => count(max)).join(' and ')
  const slowest = Math.max(...recoveries(limits), ofServer?.recoveryMs ?? 0)
  const server = ofServer ? `, ${count(ofServer.opened)} from the server` : ''
  if (limits.length === 0 && !ofServer) return 'interrupted before the first connection'
  return `connections: ${pools || 'none'} from pools${server}; recovered ${slowest.toFixed(1)} ms after a release, ${plural(leaks.ours, 'connection')} left open`
}

function poolChecks({max, opened, failure, recoveryMs}: PoolLimit): Check[] {
  const name = `pool of ${max}`
  const held = `${count(opened)} of ${count(max)} connections opened`
  const full: Check = {
    name,
    ok: opened === max && failure?.code === 'POOL_EXHAUSTED',
    text: `${held}; then: ${failure ? `${failure.code}, ${failure.message}` : 'not tried'}`,
  }
  return failure?.code === 'POOL_EXHAUSTED' ? [full, recoveryCheck(name, recoveryMs)] : [full]
}

function serverChecks({stoppedBy, failure, recoveryMs}: ServerLimit): Check[] {
  const told = failure && `${failure.code}, ${failure.message}`
  if (stoppedBy !== 'server') {
    const text = `stopped before the server was full: ${told ?? stoppedBy}`
    return [{name: 'server', ok: stoppedBy !== 'failed', text}]
  }
  const ok = !failure || failure.code === 'MAXCLIENTS'
  const text = `a full server answers: ${told ?? 'no error, since a connection was free again'}`
  return [{name: 'server', ok, text}, recoveryCheck('server', recoveryMs)]
}

function recoveryCheck(where: string, ms: number | null): Check {
  const limit = DOCUMENTED.recoverySeconds * 1000
  const text =
    ms === null
      ? `${where}: no recovery after a release`
      : `${where}: recovered ${ms.toFixed(1)} ms after a release`
  return {name: `${where} recovery`, ok: ms !== null && ms < limit, text: `${text}, documented < ${limit} ms`}
}

function leakCheck({ours, before, after}: Leaks): Check {
  const all = `the server had ${plural(before, 'client')} before and ${count(after)} after`
  return {name: 'leaks', ok: ours === 0, text: `${plural(ours, 'connection')} of this run left open; ${all}`}
}

function poolStep(limit: PoolLimit): Step {
  const {max, opened, seconds, opening, failure, recoveryMs} = limit
  return step({
    name: `pool of ${count(max)}`,
    parameters: {max, opened, error: failure?.code ?? null, message: failure?.message ?? null, recoveryMs},
    achieved: seconds > 0 ? opened / seconds : 0,
    latency: latencyOf(opening, opening),
    spectrum: opening.spectrum(),
    verdict: failure ? `full at ${count(opened)}` : 'interrupted',
  })
}

function serverStep({opened, seconds, maxClients, stoppedBy, failure, recoveryMs}: ServerLimit): Step {
  return step({
    name: 'server',
    parameters: {
      maxClients,
      opened,
      stoppedBy,
      error: failure?.code ?? null,
      message: failure?.message ?? null,
      recoveryMs,
    },
    achieved: seconds > 0 ? opened / seconds : 0,
    latency: null,
    spectrum: [],
    verdict: stoppedBy === 'server' ? `full at ${count(opened)}` : `stopped by ${stoppedBy}`,
  })
}

function step(
  own: Pick<Step, 'name' | 'parameters' | 'achieved' | 'latency' | 'spectrum' | 'verdict'>,
): Step {
  const none = {target: null, perSecond: null, lagMs: null, backlogPerSecond: null, usage: null}
  return {...own, ...none, errors: 0, throughput: []}
}

/** The documented figures are those of one pool size; other sizes have nothing to compare with. */
function comparisonsOf(limits: PoolLimit[]): Comparison[] {
  const found = limits.find(({max}) => max === DOCUMENTED.pool)
  if (!found) return []
  return [
    {
      measure: `connections at the first failure, pool of ${DOCUMENTED.pool}`,
      documented: DOCUMENTED.pool,
      measured: found.failure ? found.opened : null,
      unit: 'connections',
      moreIsBetter: true,
    },
    {
      measure: 'recovery after a release',
      documented: DOCUMENTED.recoverySeconds,
      measured: found.recoveryMs === null ? null : found.recoveryMs / 1000,
      unit: 's',
      moreIsBetter: false,
    },
  ]
}

function notesOf({limits, ofServer, isServerSkipped}: ConnectionsSeen): string[] {
  const told = limits.find(({failure}) => failure)?.failure
  return [
    'rates are connections opened per second, one at a time in a pool and 50 in parallel on the server; each counts once it has its first reply',
    ...(told ? [`error when a pool is full: ${told.message}`] : []),
    ...(ofServer?.failure ? [`error when the server is full: ${ofServer.failure.message}`] : []),
    ...(ofServer
      ? []
      : ['the limit of the server was not tested, because a full server refuses all other clients']),
    ...(isServerSkipped ? ['testing it needs a plain redis:// or unix:// URL of a single server'] : []),
  ]
}

function metricsOf({limits, ofServer, leaks}: ConnectionsSeen): Record<string, number> {
  const largest = limits.toSorted((a, b) => b.opened - a.opened)[0]
  const slowest = recoveries(limits)
  return {
    ...(largest ? {connections: largest.opened} : {}),
    ...(slowest.length > 0 ? {recovery: Math.max(...slowest)} : {}),
    ...(ofServer?.stoppedBy === 'server' ? {connectionsServer: ofServer.opened} : {}),
    ...(ofServer?.recoveryMs == null ? {} : {recoveryServer: ofServer.recoveryMs}),
    leaks: leaks.ours,
  }
}

function recoveries(limits: PoolLimit[]): number[] {
  return limits.flatMap(({recoveryMs}) => recoveryMs ?? [])
}
