import {plural} from './format.ts'

/** Says how many dead letters were written. @param isTaken whether the reader took all of them */
export function renderExport(
  {queue, exported, output}: {queue: string; exported: number; output: string | null},
  {isTaken}: {isTaken: boolean},
): string {
  const letters = plural(exported, 'dead letter')
  if (!isTaken)
    return `the reader closed the pipe after taking ${letters} or a few more; the others were not written`
  return `${letters} of queue ${queue} written${output === null ? '' : ` to ${output}`}`
}
