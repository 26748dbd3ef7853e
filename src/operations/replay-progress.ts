import type {SeenCanary} from '../letters/canary.ts'
import {USUAL_CANARY} from '../letters/usual-canary.ts'
import type {Deed, Stage} from '../progress/stage.ts'
import type {QueueEngine} from '../queue/engine.ts'
import type {FilterFlags} from '../queue/letters/filter-flags.ts'
import type {FoundLetters} from './find-letters.ts'
import {readingLetters, restOf} from './letter-progress.ts'

interface ReplayStage extends Stage {
  reached(replayed: number, read: number): Partial<Stage>
}

/**
 * How far a replay is: by the letters that are read, since only then it is known which of them go back.
 * @param how.affected letters that were counted before, of which `before` are back
 */
export async function replayStage(
  queue: QueueEngine,
  {filter, planned}: FoundLetters,
  input: FilterFlags & {'only-passing': boolean},
  {isDry, affected, before = 0}: {isDry: boolean; affected?: number; before?: number},
): Promise<ReplayStage> {
  const doing = isDry ? 'counting' : 'replaying'
  const stage = await readingLetters(queue, doing, filter)
  // Without a condition every letter that is read goes back
  const of = affected ?? (filter.expression || input['only-passing'] ? undefined : stage.total)
  const deed = (replayed: number): Deed => ({
    verb: 'replayed',
    count: before + replayed,
    unit: 'dead letter',
    of,
  })
  const reached = (replayed: number, read: number): Partial<Stage> => ({
    doing,
    unit: stage.unit,
    done: read,
    total: stage.total,
    also: [{count: before + replayed, what: isDry ? 'match' : 'replayed'}],
    did: isDry ? undefined : deed(replayed),
  })
  return {...stage, ...reached(0, 0), continued: restOf(input, planned.plan.at), reached}
}

/** How the first letters of a replay fare, on which the others wait for so long at most. */
export function canaryStage(
  {items, open, failedAgain}: SeenCanary,
  {'canary-timeout': lastsMs = USUAL_CANARY.timeoutMs}: {'canary-timeout'?: number},
): Partial<Stage> {
  return {
    doing: 'waiting for the canary',
    unit: 'item',
    done: items - open,
    total: items,
    lastsMs,
    also: [{count: failedAgain, what: 'failed again'}],
  }
}
