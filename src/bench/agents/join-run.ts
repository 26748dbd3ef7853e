import {randomUUID} from 'node:crypto'
import {setTimeout as wait} from 'node:timers/promises'
import {QtoolError} from '../../errors.ts'
import type {Meeting} from '../../queue/meeting.ts'
import {interruptedEarly} from '../findings.ts'
import type {Introduction, Plan} from './plan.ts'

/** Interval between looks whether the run is there, ms. */
const LOOK_MS = 100

export interface JoinOptions {
  run: string
  /** How long to wait for the run, ms. */
  waitMs: number
  signal: AbortSignal
  introduction: Introduction
}

/**
 * Joins a run as soon as it is there.
 * @returns the number of this agent, from 0
 * @throws QtoolError if there is no such run in time, or it has all its agents
 */
export async function joinRun(
  meeting: Meeting,
  {run, waitMs, signal, introduction}: JoinOptions,
): Promise<{plan: Plan; agent: number}> {
  const text = await waitForPlan(meeting, {run, waitMs, signal})
  const plan: Plan = JSON.parse(text)
  const agent = await meeting.join(randomUUID(), JSON.stringify(introduction))
  if (agent === undefined) throw calledOff('it ended while this agent joined')
  if (agent >= plan.agents) {
    throw new QtoolError(`expected run "${run}" to need another agent, but all ${plan.agents} have joined`, {
      code: 'TOO_MANY_AGENTS',
      kind: 'refused',
      suggestions: ['start no more agents than --agents of the coordinator allows'],
    })
  }
  return {plan, agent}
}

async function waitForPlan(
  meeting: Meeting,
  {run, waitMs, signal}: Omit<JoinOptions, 'introduction'>,
): Promise<string> {
  const deadline = performance.now() + waitMs
  while (!signal.aborted) {
    const text = await meeting.plan()
    if (text !== null) return text
    if (performance.now() > deadline) throw noRun(run, waitMs)
    await wait(LOOK_MS)
  }
  throw interruptedEarly()
}

function noRun(run: string, waitMs: number): QtoolError {
  return new QtoolError(`expected a run "${run}" on this Redis, but none began within ${waitMs / 1000} s`, {
    code: 'NO_RUN',
    kind: 'measurement',
    suggestions: [
      `start it with: qtool bench sustained --agents N --run ${run}`,
      'give both the same --redis-url; --wait sets how long to wait',
    ],
  })
}

/** The error of an agent whose run was called off by the coordinator. */
export function calledOff(why: string): QtoolError {
  return new QtoolError(`the run was called off: ${why}`, {
    code: 'CALLED_OFF',
    kind: 'measurement',
    suggestions: ['the output of its coordinator says more'],
  })
}
