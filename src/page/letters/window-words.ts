import {count, plural} from '../format.ts'
import type {Window} from './shapes.ts'

/** Whether every letter was read. A window that ends with the last letter does not know that it was the last. */
export function isWhole({searched, deadLetters, next}: Window): boolean {
  return next === null || searched >= deadLetters
}

/** What was searched, so that nobody takes a part for the whole. */
export function windowWords(window: Window, where: string): string {
  const {matched, searched, deadLetters} = window
  if (deadLetters === 0) return 'no dead letters'
  const read = isWhole(window)
    ? `all ${plural(deadLetters, 'dead letter')} searched`
    : `newest ${count(searched)} of ${count(deadLetters)} read`
  return where === '' ? read : `${count(matched)} ${matched === 1 ? 'matches' : 'match'}; ${read}`
}

/** How many letters the filter selects; undefined if only a part was read. */
export function matchedInAll(window: Window, where: string): number | undefined {
  if (where === '') return window.deadLetters
  return isWhole(window) ? window.matched : undefined
}
