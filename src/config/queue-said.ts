import {usageError} from '../errors.ts'
import {isQueueName} from './queue-name.ts'

/** How the ready items of a queue may be kept, as Redis names the types. */
export const ENGINE_KINDS = ['zset', 'list', 'stream'] as const

/** The ends from which the consumers of a list may pop. */
export const LIST_ENDS = ['left', 'right'] as const

/** What a command line says of its queue beyond its name; what it leaves out is known already, or as usual. */
export interface QueueSaid {
  /** The key of the ready items. */
  key?: string
  engine?: (typeof ENGINE_KINDS)[number]
  /** The end from which the list is popped. */
  listPops?: (typeof LIST_ENDS)[number]
  /** What it is if nothing else says so. */
  usualEngine?: (typeof ENGINE_KINDS)[number]
  /** The end from which a list is popped if none was set: the one that the job library implies. */
  usuallyPops?: (typeof LIST_ENDS)[number]
}

/** A queue as a command line names it. */
export interface QueueAddress extends QueueSaid {
  name: string
}

/** The name of a queue that was not named, but its key was. @throws QtoolError (usage) */
export function nameOfKey(key: string): string {
  if (isQueueName(key)) return key
  throw usageError(
    `expected --queue beside --redis-key ${JSON.stringify(key)}, which cannot be the name of a queue`,
    'name the queue with -q NAME; after its first use, -q NAME alone finds the key',
  )
}
