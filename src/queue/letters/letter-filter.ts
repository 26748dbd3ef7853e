import {type Bounds, boundsOf} from '../../filter/bounds.ts'
import type {Expression} from '../../filter/expression.ts'
import {compile, type Matcher} from '../../filter/match.ts'
import type {JobReader} from '../jobs/job-reader.ts'
import {Letter} from './letter.ts'
import type {LetterPlan} from './letter-plan.ts'
import {LetterSubject} from './letter-subject.ts'
import {failedMs} from './letter-time.ts'

/** Which dead letters to select; an empty filter selects all. The bounds follow from the expression. */
export interface LetterFilter extends Bounds {
  expression?: Expression
  /** Judges a letter by the expression. */
  matches?: Matcher
  /** The moment from which ages are counted, by the clock of Redis, ms since 1970. */
  nowMs?: number
  /** Most letters to select. */
  limit?: number
  /** Letters that the edit with this trash has made are left out, before the limit counts. */
  notOfEdit?: string
  /** Letters that came in after the plan was made are left alone. */
  plan?: LetterPlan
  /** The queue of the letters, for a filter that names one. */
  queue?: string
  /** Path of the records in an envelope of another producer; `points` by default. */
  records?: readonly string[]
  /** For letters whose items are jobs, if the filter looks into them; has to be prepared for letters. */
  jobs?: JobReader
}

/** Makes a filter of an expression; without one it selects all letters. */
export function filterOf(expression: Expression | undefined): LetterFilter {
  return expression ? {expression, matches: compile(expression), ...boundsOf(expression)} : {}
}

/** Whether a letter failed within the filter's time, by its score alone: parsing a million letters takes seconds. */
export function failedInTime({sinceMs, beforeMs}: LetterFilter, score: number): boolean {
  const at = failedMs(score)
  return (sinceMs === undefined || at >= sinceMs) && (beforeMs === undefined || at < beforeMs)
}

/** Checks everything in the filter except the ids, the plan and the limit. */
export function matchesFilter({matches, queue, jobs}: LetterFilter, letter: Letter): boolean {
  return matches === undefined || matches(new LetterSubject(letter, queue, jobs))
}

/** The letters of a page, for which the filter is prepared. */
export async function lettersOf(
  page: ReadonlyArray<{member: Buffer; score: number}>,
  {records, jobs}: LetterFilter,
): Promise<Letter[]> {
  const letters = page.map(({member, score}) => new Letter(member, score, records))
  await jobs?.prepare(letters.map(({item}) => item))
  return letters
}
