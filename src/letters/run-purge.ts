import type {DeadLetters} from '../queue/letters/dead-letters.ts'
import type {Letter} from '../queue/letters/letter.ts'
import type {LetterFilter} from '../queue/letters/letter-filter.ts'
import type {LetterPlan} from '../queue/letters/letter-plan.ts'
import type {KeptPurge} from '../queue/operation-book/hold.ts'
import {newTrashId} from '../queue/trash-list.ts'

/** A filter with the moment of its plan. */
export type PlannedFilter = LetterFilter & {plan: LetterPlan}

export interface PurgeResult {
  /** Letters that were removed. */
  purged: number
  /** Trash id for `qtool undo`; null if no letter was removed. */
  trash: string | null
}

/**
 * How many dead letters a purge would remove.
 * @param options.isAll no filter is given, so that no letter has to be read, unless `onLetters` wants them
 */
export async function countPurge(
  letters: DeadLetters,
  options: {
    filter: PlannedFilter
    isAll: boolean
    signal: AbortSignal
    onProgress: (read: number, matched: number) => void
    onLetters?: (letters: readonly Letter[]) => void
  },
): Promise<number> {
  const {filter, isAll, onProgress, onLetters, signal} = options
  return isAll && !onLetters
    ? letters.countPlanned(filter.plan)
    : letters.countMatching({filter, onProgress, onLetters, signal})
}

/**
 * Removes the dead letters that a plan has counted, and no others.
 * @param counted the number that it counted
 */
export async function runPurge(
  letters: DeadLetters,
  options: {
    filter: PlannedFilter
    isAll: boolean
    counted: number
    signal: AbortSignal
    onPurged: (count: number) => void
    /** What the purge is part of, if it outlives this process. */
    kept?: KeptPurge
  },
): Promise<PurgeResult> {
  const {filter, isAll, counted, signal, onPurged, kept} = options
  const {trash: id, hold, done} = kept ?? {trash: newTrashId(), hold: undefined, done: 0}
  if (isAll && done === 0) {
    const whole = await letters.clear({plan: filter.plan, count: counted, kept})
    if (whole) {
      onPurged(whole.count)
      return {purged: whole.count, trash: whole.id}
    }
  }
  const scan = letters.scan(filter)
  let purged = done
  for await (const page of scan.pages()) {
    const held = Math.max(purged, await letters.discard(id, page, hold))
    scan.removed(page)
    onPurged(held - purged)
    purged = held
    if (signal.aborted) break
  }
  return {purged, trash: purged > 0 ? id : null}
}
