import {setTimeout as wait} from 'node:timers/promises'
import type {Meeting} from '../../queue/meeting.ts'
import type {Bench} from '../bench.ts'
import {drainPoints} from '../flow/drain-points.ts'
import {type FlowOptions, flowSources} from '../flow/flow.ts'
import {withEvidence} from '../measure/collect-evidence.ts'
import type {Evidence} from '../measure/evidence.ts'
import {DRAIN_MS} from '../measure/open-loop.ts'
import type {AgentProcesses} from './agent-processes.ts'
import type {Introduction, Message} from './plan.ts'
import {type Punctual, watchPunctuality} from './punctuality.ts'
import {CLOCK_MS, type RedisTime} from './redis-time.ts'
import {type Reports, waitForReports} from './wait-for-reports.ts'

/** How far ahead the start is, ms: every agent has to hear of it before. */
const LEAD_MS = 2000

/** How long a report may take once everything is answered or abandoned, ms. */
const REPORT_MS = 10_000

export interface ConductOptions {
  meeting: Meeting
  members: Introduction[]
  processes?: AgentProcesses
  clock: RedisTime
  /** How long messages can be heard, ms. */
  keptMs: number
}

export interface Conducted extends Reports {
  evidence: Evidence
  punctual: Punctual
}

/**
 * Starts all agents at once, drains what they send and tells them of every committed row, until all have reported.
 * @throws the error of a server that is away
 */
export async function conduct(
  bench: Bench,
  options: FlowOptions,
  {meeting, members, processes, clock, keptMs}: ConductOptions,
): Promise<Conducted> {
  const {seconds, warmupSeconds} = options
  const over = new AbortController()
  let failure: unknown
  const fail = (error: unknown) => {
    failure ??= error
    over.abort()
  }
  const tell = (message: Message) => meeting.tell(JSON.stringify(message), keptMs)
  const drained = drainPoints(bench, {...options, signal: over.signal}, (numbers) => {
    tell({kind: 'rows', at: clock.now(), numbers}).catch(fail)
  }).catch(fail)
  const timer = setInterval(() => void clock.refresh().catch(() => {}), CLOCK_MS)
  try {
    await clock.refresh()
    const loadMs = LEAD_MS + (warmupSeconds + seconds) * 1000
    await tell({kind: 'start', at: clock.now() + LEAD_MS})
    const sources = flowSources(bench, seconds)
    const {result, evidence} = await withEvidence(sources, async (restart) => {
      const reports = waitForReports(meeting, {
        members,
        processes,
        ms: loadMs + DRAIN_MS + REPORT_MS,
        signal: AbortSignal.any([bench.signal, over.signal]),
        tellStop: (why) => tell({kind: 'stop', why}),
      })
      await Promise.race([reports, wait(LEAD_MS + warmupSeconds * 1000, undefined, {ref: false})])
      // What the warm-up used is not part of what the load used
      restart()
      const stopWatch = watchPunctuality()
      return {...(await reports), punctual: stopWatch()}
    })
    if (failure !== undefined) throw failure
    return {...result, evidence}
  } finally {
    clearInterval(timer)
    over.abort()
    await drained
  }
}
