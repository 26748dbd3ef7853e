import type {Expression} from '../../filter/expression.ts'
import {READY_ITEMS} from '../../filter/fields.ts'
import {compile} from '../../filter/match.ts'
import {parseFilterText} from '../../filter/parse.ts'
import type {JobReader} from '../jobs/job-reader.ts'
import type {ReadyItem} from '../kinds.ts'
import {type ItemContext, ItemSubject} from './item-subject.ts'

/** Which ready items to select. */
export interface ItemFilter {
  expression: Expression
  selects(item: ReadyItem): boolean
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

/** @throws QtoolError (usage) that shows the place */
export function parseItemFilter(
  where: string,
  context: Omit<ItemContext, 'jobs'> & {jobsFor?: JobsFor},
): ItemFilter {
  const expression = parseFilterText(where, {vocabulary: READY_ITEMS, nowMs: context.nowMs})
  const matches = compile(expression)
  const jobs = context.jobsFor?.(expression)
  return {expression, selects: (item) => matches(new ItemSubject(item, {...context, jobs})), jobs}
}
