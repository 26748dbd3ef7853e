import type {Policy} from '../../worker/policy.ts'
import type {Bench} from '../bench.ts'
import {drainPlace} from '../drain-place.ts'
import {pointNumbers} from '../place/points.ts'

/**
 * Drains the points of a place until the signal.
 * @param onCommit told the numbers of the points whose rows were committed just now
 * @throws the error of a server that is away
 */
export async function drainPoints(
  bench: Bench,
  {workers, batch, signal}: Pick<Policy, 'workers' | 'batch'> & {signal: AbortSignal},
  onCommit: (numbers: number[]) => void,
): Promise<void> {
  if (workers === 0) return
  const load = {workers, batch, untilEmpty: false, signal}
  await drainPlace(bench, load, [
    {
      written(lease) {
        if ('items' in lease) onCommit(pointNumbers(lease.items))
      },
    },
  ])
}
