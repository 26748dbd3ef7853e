import {QtoolError} from '../errors.ts'
import {absentValues} from '../letters/present-values.ts'
import type {FilterFlags} from '../queue/letters/filter-flags.ts'
import type {Context} from './context.ts'
import {noLetter} from './find-letter.ts'
import {noSuchValue} from './no-such-value.ts'

/**
 * --group and --id name letters that somebody has seen, so one that is not there is mistyped, or gone; other conditions
 * may be right and match nothing tonight. Asked where no letter matched, since it takes time to look for a group.
 * @throws QtoolError (usage) if no letter has the group, or none of the ids
 */
export async function requireNamedLetters(
  {queue, signal}: Pick<Context, 'queue' | 'signal'>,
  {group, id = []}: Pick<FilterFlags, 'group' | 'id'>,
): Promise<void> {
  if (signal.aborted) return
  const {letters} = queue
  if (group !== undefined) {
    const [absent] = await absentValues(letters, [{field: 'group', value: group.toLowerCase()}])
    if (absent) throw noGroup(absent.value, absent.others)
  }
  const found = await Promise.all(id.map((one) => letters.find(one, {})))
  if (id.length > 0 && found.every((letter) => letter === undefined)) {
    throw noLetter(queue.name, id.length === 1 ? `the id ${id[0]}` : 'any of these ids')
  }
}

function noGroup(group: string, others: string[]): QtoolError {
  const {message, suggestions} = noSuchValue('group', group, others)
  return new QtoolError(message, {code: 'NO_LETTER', kind: 'usage', suggestions})
}
