import type {Step} from './shape/step.ts'

/** Makes a step of which only these figures were measured. */
export function makeStep(measured: Pick<Step, 'name' | 'achieved'> & Partial<Step>): Step {
  return {
    parameters: {},
    target: null,
    perSecond: null,
    latency: null,
    lagMs: null,
    errors: 0,
    backlogPerSecond: null,
    usage: null,
    verdict: 'ok',
    throughput: [],
    spectrum: [],
    ...measured,
  }
}
