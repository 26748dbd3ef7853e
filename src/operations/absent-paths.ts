import {hasValue} from '../filter/value.ts'
import {didYouMean} from '../nearest.ts'
import type {LetterFilter} from '../queue/letters/letter-filter.ts'
import {LetterSubject} from '../queue/letters/letter-subject.ts'
import type {Context} from './context.ts'
import {payloadPaths} from './payload-paths.ts'

/** Letters that are looked at: kinds of records are few. */
const SAMPLE = 20

/** A path of a payload, e.g. `['device', 'id']` for `device.id`. */
export type Path = readonly string[]

/**
 * Tells the user which of some paths none of the newest dead letters has, and which one may be meant: a path that is
 * mistyped leads to nothing, as one does that is right and that no letter has tonight.
 * @param also other names that may be meant
 */
export async function notePathsThatNoneHas(
  {queue, note}: Pick<Context, 'queue' | 'note'>,
  {records, jobs}: Pick<LetterFilter, 'records' | 'jobs'>,
  paths: readonly Path[],
  also: readonly string[] = [],
): Promise<void> {
  if (paths.length === 0) return
  const {letters} = await queue.letters.window({filter: {records, jobs}, show: SAMPLE, most: SAMPLE})
  const objects = letters.flatMap((letter) => new LetterSubject(letter, queue.name, jobs).objects())
  const absent = paths.filter((path) => !objects.some((object) => hasValue(object, path, () => true)))
  if (absent.length === 0) return
  const known = [...new Set([...also, ...withParents(payloadPaths(objects.map(String)))])]
  for (const name of absent.map((path) => path.join('.'))) {
    note([`none of the newest dead letters has ${name}`, ...didYouMean(name, known)].join('; '))
  }
}

/** `device.id` and `device`, since objects have names, too. */
function withParents(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const names = path.split('.')
    return names.map((_, i) => names.slice(0, i + 1).join('.'))
  })
}
