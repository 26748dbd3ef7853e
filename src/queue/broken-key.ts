import {QtoolError} from '../errors.ts'
import {OUTCOMES} from '../record/outcomes.ts'

/** The error for a field of a hash of qtool that does not hold what qtool writes there. @param mend what to do about it */
export function brokenField(
  key: string,
  field: string,
  {expected, found, mend}: {expected: string; found: string | undefined; mend: string},
): QtoolError {
  const shown = found === undefined ? 'nothing' : JSON.stringify(found.slice(0, SHOWN))
  return new QtoolError(`expected field "${field}" of key ${key} to hold ${expected}, got ${shown}`, {
    code: 'BROKEN_KEY',
    suggestions: [mend],
  })
}

/** Counters among the fields of the stats, see `QueueKeys`; the others hold other texts. */
const COUNTERS = new Set([
  'enqueued',
  'dead_lettered',
  'empty',
  'trimmed',
  'fence',
  ...Object.values(OUTCOMES),
])

/** The error for the first counter that holds no whole number; undefined if there is none. @param key of the counters */
export function findBrokenCounter(key: string, fields: Iterable<[string, string]>): QtoolError | undefined {
  for (const [field, value] of fields) {
    if ((COUNTERS.has(field) || field.startsWith('dead:')) && !/^-?\d+$/.test(value))
      return brokenCounter(key, field, value)
  }
  return undefined
}

function brokenCounter(key: string, field: string, found: string): QtoolError {
  return brokenField(key, field, {
    expected: 'a whole number',
    found,
    mend: `HDEL ${key} ${field} makes it start again at 0; qtool inspect --verify counts dead letters again`,
  })
}

/** Characters of a value that a message shows. */
const SHOWN = 100
