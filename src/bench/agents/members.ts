import {setTimeout as wait} from 'node:timers/promises'
import {QtoolError} from '../../errors.ts'
import type {Meeting} from '../../queue/meeting.ts'
import {interruptedEarly} from '../findings.ts'
import type {AgentProcesses} from './agent-processes.ts'
import type {Introduction} from './plan.ts'

/** Interval between looks who has come, ms. */
const LOOK_MS = 50

export interface MembersOptions {
  agents: number
  run: string
  /** How long to wait for all of them, ms. */
  waitMs: number
  /** This version; that of every agent has to be the same. */
  version: string
  /** Undefined if others start the agents. */
  processes?: Pick<AgentProcesses, 'ended'>
  signal: AbortSignal
}

/**
 * Waits until all agents have joined.
 * @throws QtoolError that says how many came if they are too few, or which agent has another version
 */
export async function waitForMembers(meeting: Meeting, options: MembersOptions): Promise<Introduction[]> {
  const {agents, waitMs, signal, processes} = options
  const deadline = performance.now() + waitMs
  for (;;) {
    const members = (await meeting.members(agents)).map((text): Introduction => JSON.parse(text))
    assertSameVersion(members, options.version)
    if (members.length === agents) return members
    if (signal.aborted) throw interruptedEarly()
    for (const [pid, how] of processes?.ended ?? []) throw endedEarly(pid, how)
    if (performance.now() > deadline) throw tooFew(members.length, options)
    await wait(LOOK_MS)
  }
}

function assertSameVersion(members: Introduction[], version: string): void {
  const odd = members.findIndex((member) => member.version !== version)
  if (odd < 0) return
  throw new QtoolError(
    `expected every agent to run qtool ${version}, but ${nameOf(odd, members[odd])} runs ${members[odd].version}`,
    {code: 'AGENT_VERSION', kind: 'refused', suggestions: ['install the same version on every host']},
  )
}

function endedEarly(pid: number, how: string): QtoolError {
  return new QtoolError(`an agent ended before the run began (pid ${pid}, ${how})`, {
    code: 'AGENT_DIED',
    kind: 'measurement',
    suggestions: ['its own error message is above'],
  })
}

function tooFew(came: number, {agents, waitMs, run, processes}: MembersOptions): QtoolError {
  const start = `on the other hosts: qtool bench agent --run ${run}`
  return new QtoolError(`expected ${agents} agents, but only ${came} joined within ${waitMs / 1000} s`, {
    code: 'AGENTS_MISSING',
    kind: 'measurement',
    suggestions: [...(processes ? [] : [start]), '--wait sets how long to wait for them'],
  })
}

/** An agent for messages. @param agent from 0 */
export function nameOf(agent: number, {host, pid}: Pick<Introduction, 'host' | 'pid'>): string {
  return `agent ${agent + 1} (${host}, pid ${pid})`
}
