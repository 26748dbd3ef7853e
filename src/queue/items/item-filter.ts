import {usageError} from '../../errors.ts'
import {conditionsOf, type Expression} from '../../filter/expression.ts'
import {READY_ITEMS} from '../../filter/fields.ts'
import {compile} from '../../filter/match.ts'
import {parseFilterText} from '../../filter/parse.ts'
import type {JobReader} from '../jobs/job-reader.ts'
import type {Abilities, ReadyItem} from '../kinds.ts'
import {type ItemContext, ItemSubject} from './item-subject.ts'

/** Which ready items to select. */
export interface ItemFilter {
  expression: Expression
  selects(item: ReadyItem): boolean
  /** What ages are counted from, ms since 1970. */
  nowMs: number
  /** Has to be prepared for items before they are selected. */
  jobs?: JobReader
}

/** Those of some items that a filter selects, or all of them if there is none. */
export async function selected<T extends ReadyItem>(items: readonly T[], filter?: ItemFilter): Promise<T[]> {
  await filter?.jobs?.prepare(items.map(({member}) => member))
  return items.filter((item) => filter?.selects(item) ?? true)
}

/** The reader of jobs that a filter needs, if any. */
export type JobsFor = (expression: Expression) => JobReader | undefined

/** @throws QtoolError (usage) that shows the place, or names a field that items of this kind of queue do not have */
export function parseItemFilter(
  where: string,
  context: Omit<ItemContext, 'jobs'> & {can: Abilities; jobsFor?: JobsFor},
): ItemFilter {
  const expression = parseFilterText(where, {vocabulary: READY_ITEMS, nowMs: context.nowMs})
  for (const condition of conditionsOf(expression)) {
    if ('field' in condition) assertKept(condition.field, context)
  }
  const matches = compile(expression)
  const jobs = context.jobsFor?.(expression)
  const selects = (item: ReadyItem) => matches(new ItemSubject(item, {...context, jobs}))
  return {expression, selects, nowMs: context.nowMs, jobs}
}

/** A list keeps no times, and neither a list nor a stream keeps priorities: a filter by them would select nothing. */
function assertKept(field: string, {queue, can}: {queue: string; can: Abilities}): void {
  if (field === 'priority' ? can.priority : field !== 'time' || can.age) return
  const what = field === 'priority' ? 'priorities' : 'times'
  throw usageError(
    `the items of queue ${queue} have no ${what}, so none can be selected by them`,
    'select by what is in the items: payload.FIELD:VALUE, text:WORD or bytes>1000',
  )
}
