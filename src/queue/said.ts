import type {QueueSaid} from '../config/queue-said.ts'
import {ENGINE_KINDS, LIST_ENDS} from '../config/queue-said.ts'
import {QtoolError, usageError} from '../errors.ts'
import {isSortedJobs} from '../redis/job-keys.ts'
import type {QueueHome} from './home.ts'
import type {EngineKind} from './kinds.ts'
import type {ListEnd} from './list/list-lua.ts'

/** What is known of a queue, from different sides. */
interface Known {
  name: string
  /** What this command says. */
  said: QueueSaid
  /** What was written down at its first use. */
  home: QueueHome
}

/**
 * The key of the ready items; undefined for the usual one.
 * @param usual the usual key, and its type as Redis names it
 * @throws QtoolError (usage) if another was set before
 */
export function keyOf(
  {name, said, home}: Known,
  usual: {key: string; type: string | null},
): string | undefined {
  const told = said.key === usual.key ? undefined : said.key
  const known = home.ready_key
  if (said.key === undefined || told === known) return known
  if (home.shards !== undefined)
    throw otherwise(`queue ${name} is spread over shards, not in key ${said.key}`)
  if (known !== undefined) {
    throw otherwise(`queue ${name} has its items in key ${known}, not in ${said.key}`, SAID_WRONGLY)
  }
  if (isKind(usual.type) || home.engine !== undefined) {
    throw otherwise(`queue ${name} has its items in key ${usual.key}, not in ${told}`)
  }
  return told
}

/**
 * How the items are kept: as the type of their key says, if there is one.
 * @param found the key, and its type as Redis names it, null if this user may not ask
 * @throws QtoolError (usage) if the type is not the one that was set
 */
export function kindOf({name, said, home}: Known, found: {key: string; type: string | null}): EngineKind {
  const {key, type} = found
  const known = kindNamed(home.engine) ?? (home.shards === undefined ? undefined : 'zset')
  if (isKind(type)) {
    if (said.engine !== undefined && said.engine !== type) {
      throw otherwise(`key ${key} is ${words(type)}, not ${words(said.engine)}`)
    }
    if (known === undefined || known === type) return type
    throw new QtoolError(
      `key ${key} is ${words(type)}, but queue ${name} was ${words(known)} at its first use`,
      {
        code: 'OTHER_ENGINE',
        kind: 'usage',
        suggestions: [
          'another program has created the key again; rename that key, or name another queue with -q',
        ],
      },
    )
  }
  if (known !== undefined && said.engine !== undefined && known !== said.engine) {
    throw otherwise(`queue ${name} is ${words(known)}, not ${words(said.engine)}`)
  }
  return known ?? said.engine ?? said.usualEngine ?? (isMeantAsList(said) ? 'list' : 'zset')
}

/**
 * Whether a list is meant where there is nothing yet: workers may start before the first item, and Redis removes a list
 * that is empty.
 */
export function isMeantAsList({key, listPops, usuallyPops}: QueueSaid): boolean {
  return listPops !== undefined || (usuallyPops !== undefined && !isSortedJobs(key))
}

/**
 * The end from which a list is popped; undefined if unknown.
 * @throws QtoolError (usage) if another was set before, or it is no list
 */
export function popsOf({name, said, home}: Known, kind: EngineKind): ListEnd | undefined {
  const told = said.listPops
  if (kind !== 'list') {
    if (told === undefined) return undefined
    throw usageError(`expected no --list-pops for queue ${name}, which is ${words(kind)}, got ${told}`)
  }
  const known = LIST_ENDS.find((end) => end === home.list_pops)
  if (known !== undefined && told !== undefined && known !== told) {
    throw otherwise(`queue ${name} is popped from the ${known}, not from the ${told}`, SAID_WRONGLY)
  }
  return known ?? told ?? said.usuallyPops
}

/** Whether Redis's name of a type is that of a kind of queue. */
export function isKind(type: string | null): type is EngineKind {
  return kindNamed(type ?? undefined) !== undefined
}

function kindNamed(text: string | undefined): EngineKind | undefined {
  return ENGINE_KINDS.find((kind) => kind === text)
}

const WORDS: Record<EngineKind, string> = {zset: 'a sorted set (zset)', list: 'a list', stream: 'a stream'}

function words(kind: EngineKind): string {
  return WORDS[kind]
}

const SAID_WRONGLY = 'if what was set before is wrong, qtool work --rebind with this flag corrects it'

function otherwise(message: string, ...also: string[]): QtoolError {
  return usageError(
    message,
    'leave the flag out to use the queue as it is, or name another queue with -q',
    ...also,
  )
}
