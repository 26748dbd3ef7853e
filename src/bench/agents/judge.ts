import type {Validity} from '../measure/validity.ts'
import type {Agent} from '../shape/agent.ts'
import {nameOf} from './members.ts'
import type {Introduction, Plan} from './plan.ts'
import {SILENT_MS} from './pulse.ts'
import {type AgentReport, mergeHistograms} from './report.ts'

/** Most uncertainty about the time of Redis, ms; two of them are as much as a generator may be late. */
export const MOST_UNCERTAIN_MS = 5

/** Seconds of a run that may be missing at its end. */
const FORGIVEN_SECONDS = 0.1

/** What is known of an agent at the end. */
export interface AgentOutcome {
  /** From 0. */
  agent: number
  introduction: Introduction
  /** Undefined if it gave none. */
  report: AgentReport | undefined
  /** How its process ended, if it was started here and has ended. */
  ended: string | undefined
  /** Whether it was dropped because it fell silent. */
  isSilent: boolean
}

/** An agent as it is shown, and why its figures are invalid. */
export function judgeAgent(plan: Pick<Plan, 'seconds'>, outcome: AgentOutcome): Agent {
  const {agent, introduction, report} = outcome
  const measured = report?.measured
  return {
    agent: agent + 1,
    host: introduction.host,
    pid: introduction.pid,
    offsetMs: report?.offsetMs ?? null,
    uncertaintyMs: report?.uncertaintyMs ?? null,
    sent: measured?.sent ?? 0,
    lateMs: measured ? mergeHistograms([measured]).late.estimate(99) : null,
    cpu: measured?.load.cpu ?? null,
    trouble: troubleOf(plan, outcome),
  }
}

/** Whether the figures of all agents are valid, and so are those that the coordinator has added. */
export function judgeRun(agents: Agent[], coordinator: ClockFacts & {validity: Validity}): Validity {
  const own =
    clockTrouble(coordinator) ?? (coordinator.validity.state === 'invalid' ? coordinator.validity.why : null)
  const whys = [
    ...agents.flatMap(({agent, host, pid, trouble}) =>
      trouble === null ? [] : [`${nameOf(agent - 1, {host, pid})}: ${trouble}`],
    ),
    ...(own === null ? [] : [`the coordinator: ${own}`]),
  ]
  return whys.length === 0 ? {state: 'valid'} : {state: 'invalid', why: whys.join('; ')}
}

function troubleOf({seconds}: Pick<Plan, 'seconds'>, {report, ended, isSilent}: AgentOutcome): string | null {
  if (ended === undefined && isSilent) {
    return `it was silent for ${SILENT_MS / 1000} s: it died, was stopped, or lost its connection`
  }
  if (!report) return `it gave no result: ${ended ?? 'it died, was stopped, or lost its connection'}`
  const {unfit, measured} = report
  if (!measured) return unfit ?? 'it sent nothing'
  const trouble = clockTrouble(report)
  if (trouble !== null) return trouble
  if (measured.validity.state === 'invalid') return measured.validity.why
  if (measured.seconds < seconds - FORGIVEN_SECONDS) {
    return `it was stopped after ${measured.seconds.toFixed(1)} of ${seconds} s`
  }
  return null
}

type ClockFacts = Pick<AgentReport, 'uncertaintyMs' | 'movedMs'>

function clockTrouble({uncertaintyMs, movedMs}: ClockFacts): string | null {
  if (uncertaintyMs > MOST_UNCERTAIN_MS) {
    return `its clock can be compared with that of Redis only to within ${uncertaintyMs.toFixed(1)} ms; ${MOST_UNCERTAIN_MS} ms are allowed`
  }
  return movedMs > MOST_UNCERTAIN_MS
    ? `the clock of Redis moved by ${movedMs.toFixed(1)} ms against its own`
    : null
}
