import type {LetterField} from '../letters/present-values.ts'
import {keepMemoryFlat} from '../memory.ts'
import {type Binding, type Mapping, withBinding} from '../queue/binding.ts'
import {type FilterFlags, parseFilter} from '../queue/letters/filter-flags.ts'
import type {LetterFilter} from '../queue/letters/letter-filter.ts'
import type {LetterPlan} from '../queue/letters/letter-plan.ts'
import {DEAD_REASONS} from '../record/cause.ts'
import type {Context} from './context.ts'
import {jobsFor} from './jobs.ts'
import {noSuchValue} from './no-such-value.ts'
import {otherQueueNote} from './other-queue.ts'

/** The dead letters that an operation is about. */
export interface FoundLetters {
  filter: LetterFilter
  /** The same without letters that came in after the plan, for operations that act on what they counted. */
  planned: LetterFilter & {plan: LetterPlan}
  /** That of the queue's workers, unless another was given. */
  mapping: Mapping
  binding: Binding | undefined
}

/**
 * Finds the dead letters that a filter selects.
 * @param plan when they are counted; now if left out
 * @throws QtoolError (usage) for a reason or a time that cannot be right
 */
export async function findLetters(
  context: Context,
  flags: FilterFlags,
  plan?: LetterPlan,
): Promise<FoundLetters> {
  const {queue, note} = context
  keepMemoryFlat()
  const binding = await queue.binding()
  const mapping = withBinding(context.mapping, binding)
  const at = plan ?? (await queue.letters.plan())
  const records = mapping.records.value.split('.')
  const parsed = parseFilter(flags, at.at)
  const jobs = parsed.expression && jobsFor(queue, mapping)(parsed.expression)
  const filter = {...parsed, queue: queue.name, records, jobs}
  await checkPresent(context, filter, flags)
  const other = filter.expression && otherQueueNote(filter.expression, queue.name)
  if (other) note(other)
  return {filter, planned: {...filter, plan: at}, mapping, binding}
}

/**
 * A mistyped name must not pass as "nothing to do". A reason can be checked, since there are few. A code, a column
 * or a constraint that no letter has may still be right, as in a script that runs every night.
 * @throws QtoolError (usage)
 */
async function checkPresent(
  {queue, note}: Context,
  {expression}: LetterFilter,
  {group}: FilterFlags,
): Promise<void> {
  if (!expression) return
  const {absentValues, namedValues} = await import('../letters/present-values.ts')
  // A group of --group is looked for only where no letter matched: see requireNamedLetters
  const isKnown: Partial<Record<LetterField, (value: string) => boolean>> = {
    reason: isKnownReason,
    group: (value) => value === group?.toLowerCase(),
  }
  const wanted = namedValues(expression).filter(({field, value}) => !isKnown[field]?.(value))
  for (const {field, value, others} of await absentValues(queue.letters, wanted)) {
    const error = noSuchValue(field, value, others)
    if (field === 'reason') throw error
    note([error.message, ...error.suggestions].join('; '))
  }
}

function isKnownReason(reason: string): boolean {
  return DEAD_REASONS.some((known) => known === reason)
}
