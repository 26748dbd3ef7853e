import {setTimeout as wait} from 'node:timers/promises'
import type {Meeting} from '../../queue/meeting.ts'
import type {AgentProcesses} from './agent-processes.ts'
import type {Introduction} from './plan.ts'
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
  tellStop(): Promise<void>
}

/** The reports of all agents that give one: of those that have died, there is none. */
export async function waitForReports(
  meeting: Pick<Meeting, 'reporters' | 'reports'>,
  options: ReportsOptions,
): Promise<AgentReport[]> {
  const {members, signal, ms} = options
  let deadline = performance.now() + ms
  let isStopping = false
  while (performance.now() < deadline && (await someMayReport(meeting, options))) {
    if (signal.aborted && !isStopping) {
      isStopping = true
      deadline = performance.now() + STOPPED_MS
      await options.tellStop()
    }
    await wait(LOOK_MS)
  }
  return (await meeting.reports(members.length)).map((text): AgentReport => JSON.parse(text))
}

/** Whether an agent has not reported that still runs, as far as is known. */
async function someMayReport(
  meeting: Pick<Meeting, 'reporters'>,
  {members, processes}: ReportsOptions,
): Promise<boolean> {
  // Before its report is looked for: it may end in between
  const ended = new Set(processes?.ended.keys())
  const reporters = await meeting.reporters()
  return members.some(({pid}, agent) => !reporters.includes(agent) && !ended.has(pid))
}
