import {usageError} from '../errors.ts'

/**
 * Queue names become part of keys, so they may not hold the separators or glob characters of Redis.
 */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/

/** Whether a queue may have this name. */
export function isQueueName(name: string): boolean {
  return NAME.test(name)
}

/** @throws QtoolError (usage) if the name cannot be part of a key. */
export function assertQueueName(name: string): string {
  if (!isQueueName(name)) {
    throw usageError(
      `expected a queue name of letters, digits, "_", "." and "-" (1 to 128), got ${JSON.stringify(name)}`,
      'give the name without its key prefix: -q live_points, not -q queue:live_points',
    )
  }
  return name
}
