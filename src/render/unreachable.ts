import {plural} from './format.ts'

/** Says which nodes of a cluster a list of queues lacks; no line if all answer. */
export function unreachableLines(unreachable: readonly string[]): string[] {
  if (unreachable.length === 0) return []
  const which = unreachable.length === 1 ? 'node' : plural(unreachable.length, 'node')
  const [verb, whose] = unreachable.length === 1 ? ['does', 'its'] : ['do', 'their']
  return [
    `${which} ${unreachable.join(', ')} ${verb} not answer: ${whose} queues are missing here, or have no figures`,
  ]
}
