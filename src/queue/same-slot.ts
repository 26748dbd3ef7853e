import {isQueueName} from '../config/queue-name.ts'
import {usageError} from '../errors.ts'
import {hashTag, keySlot} from '../redis/cluster/key-slot.ts'

/**
 * Refuses a key of ready items that is in another slot of a cluster than the other keys of its queue.
 * @param usual the key that the queue would have by its name @throws QtoolError (usage)
 */
export function assertSameSlot(name: string, key: string, usual: string): void {
  if (keySlot(key) === keySlot(usual)) return
  const tag = hashTag(key)
  throw usageError(
    `on a Cluster, the queue of key ${key} must be named after its hash tag, so that all keys of the queue are in one slot, got ${name}`,
    isQueueName(tag)
      ? `name it so: -q ${tag}`
      : `"${tag}" cannot be the name of a queue (letters, digits, "_", "." and "-"), so on a Cluster this key cannot be drained: let its producers write to one with such a name in braces, as in {NAME}:jobs`,
  )
}
