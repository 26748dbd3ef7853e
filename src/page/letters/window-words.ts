import {count, plural} from '../format.ts'
import type {Window} from './shapes.ts'

/** What was searched, so that nobody takes a part for the whole. */
export function windowWords({matched, searched, deadLetters, next}: Window, where: string): string {
  if (deadLetters === 0) return 'no dead letters'
  const isAll = next === null
  const read = isAll
    ? `all ${plural(deadLetters, 'dead letter')} searched`
    : `newest ${count(searched)} of ${count(deadLetters)} read`
  return where === '' ? read : `${count(matched)} ${matched === 1 ? 'matches' : 'match'}; ${read}`
}

/** How many letters the filter selects; undefined if only a part was read. */
export function matchedInAll({matched, deadLetters, next}: Window, where: string): number | undefined {
  if (where === '') return deadLetters
  return next === null ? matched : undefined
}
