import type {PayloadKind} from './payload.ts'

/** Members that every job of a library has, as it writes them into Redis. */
const MEMBERS: Array<[kind: PayloadKind, members: string[]]> = [
  ['celery', ['body', 'content-type', 'properties']],
  ['sidekiq', ['class', 'args', 'jid']],
  ['laravel', ['job', 'data', 'displayName']],
]

/** Keys under which a library keeps the ids of its ready jobs. */
const KEYS_OF_IDS: Array<[kind: PayloadKind, key: RegExp]> = [
  ['bullmq', /:(?:wait|prioritized)$/],
  ['rq', /^rq:queue:/],
]

/**
 * The job library that items look like; undefined if they are none that is known, or do not agree. It is a guess, for people:
 * nothing is read by it.
 * @param key of the ready items
 */
export function looksLike(items: readonly Buffer[], key: string): PayloadKind | undefined {
  const kinds = new Set(items.map((item) => kindOf(item, key)))
  return kinds.size === 1 ? [...kinds][0] : undefined
}

function kindOf(item: Buffer, key: string): PayloadKind | undefined {
  const value = parse(item)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return KEYS_OF_IDS.find(([, pattern]) => pattern.test(key))?.[0]
  }
  return MEMBERS.find(([, members]) => members.every((name) => Object.hasOwn(value, name)))?.[0]
}

/** @returns undefined for what is not JSON, as ids are */
function parse(item: Buffer): unknown {
  try {
    return JSON.parse(item.toString())
  } catch {
    return undefined
  }
}
