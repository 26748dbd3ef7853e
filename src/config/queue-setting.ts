import {usageError} from '../errors.ts'
import {readVariable} from './empty-values.ts'
import type {Profile} from './profile.ts'
import {ENGINE_KINDS, LIST_ENDS, nameOfKey, type QueueSaid} from './queue-said.ts'

/** The variables that say what the queue is. */
const VARIABLES = {
  queue: 'QTOOL_QUEUE',
  key: 'QTOOL_READY_KEY',
  engine: 'QTOOL_ENGINE',
  listPops: 'QTOOL_LIST_POPS',
}

/** What says which queue is meant. */
interface QueueInputs {
  flags: {
    queue?: string
    'redis-key'?: string
    engine?: QueueSaid['engine']
    'list-pops'?: QueueSaid['listPops']
  }
  env: NodeJS.ProcessEnv
  profile?: Profile
}

/**
 * Which queue is meant, and what was set for it. Its key counts where the queue is named, or nearer: the key that a profile
 * gives for its queue is not that of another queue, which a flag names. What a variable or a profile says of the engine and
 * the end of a list is for queues that do not exist yet.
 * @throws QtoolError (usage)
 */
export function queueSettings({flags, env, profile}: QueueInputs): {
  queue: {value: string; source: 'flag' | 'environment' | 'profile' | 'default'}
  said: QueueSaid
} {
  const ofEnv = (name: keyof typeof VARIABLES) => readVariable(env, VARIABLES[name])
  const levels = [
    {source: 'flag', queue: flags.queue, key: flags['redis-key']},
    {source: 'environment', queue: ofEnv('queue'), key: ofEnv('key')},
    {source: 'profile', queue: profile?.queue, key: profile?.readyKey},
  ] as const
  const named = levels.find(({queue, key}) => queue !== undefined || key !== undefined)
  const engine = oneOf(ENGINE_KINDS, VARIABLES.engine, ofEnv('engine')) ?? profile?.engine
  const listPops = oneOf(LIST_ENDS, VARIABLES.listPops, ofEnv('listPops')) ?? profile?.listPops
  return {
    queue: named
      ? {value: named.queue ?? nameOfKey(named.key ?? ''), source: named.source}
      : {value: 'live_points', source: 'default'},
    said: {
      key: named?.key,
      engine: flags.engine,
      listPops: flags['list-pops'],
      usualEngine: flags['list-pops'] === undefined ? engine : undefined,
      usuallyPops: listPops,
    },
  }
}

function oneOf<T extends string>(
  known: readonly T[],
  name: string,
  value: string | undefined,
): T | undefined {
  const found = known.find((one) => one === value)
  if (found !== undefined || value === undefined) return found
  throw usageError(`expected ${name} to be one of ${known.join(', ')}, got ${JSON.stringify(value)}`)
}
