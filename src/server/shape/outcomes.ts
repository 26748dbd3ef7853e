import {Type} from 'typebox'
import {OUTCOME_NAMES, type Outcome} from '../../record/outcomes.ts'

const Count = Type.Integer({minimum: 0})

/** A count of records for each outcome. */
export const outcomes = Object.fromEntries(OUTCOME_NAMES.map((name) => [name, Count])) as Record<
  Outcome,
  typeof Count
>
