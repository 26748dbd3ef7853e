import {count} from '../../render/format.ts'
import type {Agent} from '../shape/agent.ts'
import type {AgentResult} from './run-agent.ts'

/** An agent in one line. */
export function describeAgent({agent, host, pid, offsetMs, uncertaintyMs, sent, lateMs, cpu}: Agent): string {
  const clock =
    offsetMs === null || uncertaintyMs === null
      ? 'no result'
      : `clock ${signed(offsetMs)} ms from that of Redis, known to within ${uncertaintyMs.toFixed(2)} ms`
  const lateness = lateMs === null ? '' : `, ${lateMs.toFixed(1)} ms late at p99`
  const share = cpu === null ? '' : `, ${Math.round(cpu)} % of a core`
  return `agent ${agent} on ${host}, pid ${pid}: ${count(sent)} records${lateness}${share}; ${clock}`
}

function signed(ms: number): string {
  return `${ms < 0 ? '-' : '+'}${Math.abs(ms).toFixed(1)}`
}

/** What an agent says itself at its end. */
export function describeShare({run, agent, sent, unfit}: AgentResult): string {
  return unfit === null
    ? `sent ${count(sent)} records as agent ${agent} of run ${run}`
    : `sent nothing as agent ${agent} of run ${run}: ${unfit}`
}
