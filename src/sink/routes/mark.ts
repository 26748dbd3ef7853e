import {ONLY_ROUTE} from '../../config/route-mark.ts'
import type {Cause} from '../../record/cause.ts'
import {type Found, outsideOf} from './holder.ts'

/** What a mark in an envelope says about the records in a list of it: the selectors as they are from each record. */
export function selectorsInside(mark: readonly string[], list: Found): string[] {
  const before = `${outsideOf(list)}.`
  return mark.flatMap((selector) => (selector.startsWith(before) ? [selector.slice(before.length)] : []))
}

/** Why nothing takes an item whose mark leaves it to other routes than there are, or to those that find nothing. */
export function strayMark(mark: readonly string[]): Cause {
  const names = mark.map((selector) => JSON.stringify(selector)).join(', ')
  const message = `no route takes the record: ${JSON.stringify(ONLY_ROUTE)} leaves it to ${names}, which is no route here or finds nothing`
  return {reason: 'invalid', code: 'NO_ROUTE', message}
}
