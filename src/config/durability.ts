import {usageError} from '../errors.ts'

/**
 * When a write to Redis counts: `memory`, once the primary has executed it; `replica`, once replicas have it as well;
 * `disk`, once it is on the primary's disk.
 */
export type DurabilityLevel = 'memory' | 'replica' | 'disk'

export const DURABILITY_LEVELS: readonly DurabilityLevel[] = ['memory', 'replica', 'disk']

export interface Durability {
  level: DurabilityLevel
  /** Replicas that must have a write in memory, or with `disk` on their disks. */
  replicas: number
}

export const IN_MEMORY: Durability = {level: 'memory', replicas: 0}

/**
 * Reads the two settings.
 * @param level what was set, and where, for messages
 * @throws QtoolError (usage)
 */
export function readDurability(
  level: {value: string; where: string} | undefined,
  replicas: {value: string; where: string} | undefined,
): Durability {
  const known = DURABILITY_LEVELS.find((one) => one === (level?.value ?? 'memory'))
  if (!known) {
    throw usageError(
      `expected ${level?.where} to be one of ${DURABILITY_LEVELS.join(', ')}, got ${JSON.stringify(level?.value)}`,
    )
  }
  if (known === 'memory') return IN_MEMORY
  const least = known === 'replica' ? 1 : 0
  const count =
    replicas === undefined ? least : /^\d{1,3}$/.test(replicas.value) ? Number(replicas.value) : -1
  if (count >= least) return {level: known, replicas: count}
  throw usageError(
    `expected ${replicas?.where} to be a whole number of at least ${least} with durability ${known}, got ${JSON.stringify(replicas?.value)}`,
  )
}
