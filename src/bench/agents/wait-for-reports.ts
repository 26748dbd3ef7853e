import {setTimeout as wait} from 'node:timers/promises'
import type {Meeting} from '../../queue/meeting.ts'
import type {AgentProcesses} from './agent-processes.ts'
import type {Introduction} from './plan.ts'
import {Pulse} from './pulse.ts'
import type {AgentReport} from './report.ts'

/** Interval between looks who has reported, ms. */
const LOOK_MS = 100

/** How long to wait for the reports of agents that were told to stop, ms. */
const STOPPED_MS = 3000

export interface ReportsOptions {
  members: Introduction[]
  /** Undefined if others have started the agents. */
  processes?: Pick<AgentProcesses, 'ended'>
  /** Longest wait, ms. */
  ms: number
  /** Once it is aborted, nobody is waited for longer than they need to stop. */
  signal: AbortSignal
  /** Tells all agents to stop. */
  tellStop(why: string): Promise<void>
}

export interface Reports {
  reports: AgentReport[]
  /** Agents that fell silent or ended without a report, from 0: they were not waited for, and the others were stopped. */
  gone: number[]
}

/** The reports of all agents that give one. As soon as one is gone, its share is missing, so that the load is over. */
export async function waitForReports(
  meeting: Pick<Meeting, 'reporters' | 'reports' | 'beats'>,
  options: ReportsOptions,
): Promise<Reports> {
  const {members, signal, ms} = options
  const pulse = new Pulse()
  let deadline = performance.now() + ms
  let isStopping = false
  const gone = new Set<number>()
  for (;;) {
    const waited = await missing(meeting, options)
    const silent = pulse.silent(await meeting.beats(members.length), performance.now())
    for (const {agent, hasEnded} of waited) if (hasEnded || silent.includes(agent)) gone.add(agent)
    if (waited.every(({agent}) => gone.has(agent)) || performance.now() >= deadline) break
    if ((signal.aborted || gone.size > 0) && !isStopping) {
      isStopping = true
      deadline = performance.now() + STOPPED_MS
      await options.tellStop(signal.aborted ? 'its coordinator was stopped' : 'another agent is gone')
    }
    await wait(LOOK_MS)
  }
  const texts = await meeting.reports(members.length)
  return {reports: texts.map((text): AgentReport => JSON.parse(text)), gone: [...gone]}
}

/** The agents that have not reported, and which of them are known to have ended. */
async function missing(
  meeting: Pick<Meeting, 'reporters'>,
  {members, processes}: ReportsOptions,
): Promise<Array<{agent: number; hasEnded: boolean}>> {
  // Before its report is looked for: it may end in between
  const ended = new Set(processes?.ended.keys())
  const reporters = await meeting.reporters()
  return members.flatMap(({pid}, agent) =>
    reporters.includes(agent) ? [] : {agent, hasEnded: ended.has(pid)},
  )
}
