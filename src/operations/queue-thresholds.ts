import type {QueueInspection} from '../queue/inspect.ts'
import {type Check, checkThresholds, parseThreshold} from '../threshold/threshold.ts'

/** A figure of a queue, or null if it is not known. */
type Read = (found: QueueInspection) => number | null

const FIGURES: Record<string, Read> = {
  ready: ({ready}) => ready,
  leased: ({leased}) => leased,
  overdue: ({overdueLeases}) => overdueLeases,
  dead: ({deadLetters}) => deadLetters,
  // ms; nothing waits in an empty queue
  oldest: ({ready, oldestMs}) => (ready === 0 ? 0 : oldestMs),
  // Processes
  workers: ({workers}) => workers.length,
}

/** What conditions on a queue may name. */
export const QUEUE_FIGURES = Object.keys(FIGURES)

/**
 * Makes a check of each condition such as `dead>1000`, which states the failure.
 * @returns a function that judges a queue: one check for each condition, which fails if its figure is not known
 * @throws QtoolError (usage) for a condition that cannot be read
 */
export function queueChecks(conditions: readonly string[]): (found: QueueInspection) => Check[] {
  const thresholds = conditions.map((text) => parseThreshold(text, QUEUE_FIGURES))
  return (found) => {
    const known = Object.entries(FIGURES).flatMap(([name, read]) => {
      const value = read(found)
      return value === null ? [] : [[name, value] as const]
    })
    return checkThresholds(Object.fromEntries(known), thresholds)
  }
}
