import type {Expression} from '../../filter/expression.ts'
import {READY_ITEMS} from '../../filter/fields.ts'
import {compile} from '../../filter/match.ts'
import {parseFilterText} from '../../filter/parse.ts'
import type {ReadyItem} from '../kinds.ts'
import {type ItemContext, ItemSubject} from './item-subject.ts'

/** Which ready items to select. */
export interface ItemFilter {
  expression: Expression
  selects(item: ReadyItem): boolean
}

/** @throws QtoolError (usage) that shows the place */
export function parseItemFilter(where: string, context: ItemContext): ItemFilter {
  const expression = parseFilterText(where, {vocabulary: READY_ITEMS, nowMs: context.nowMs})
  const matches = compile(expression)
  return {expression, selects: (item) => matches(new ItemSubject(item, context))}
}
