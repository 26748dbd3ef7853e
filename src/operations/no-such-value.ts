import {type QtoolError, usageError} from '../errors.ts'
import type {LetterField} from '../letters/present-values.ts'
import {nearest} from '../nearest.ts'
import {DEAD_REASONS} from '../record/cause.ts'
import {escapeLine} from '../render/escape.ts'

/** The error for a filter that names a value which no letter has. @param others the values that letters do have */
export function noSuchValue(field: LetterField, wanted: string, others: string[]): QtoolError {
  const known = field === 'reason' ? [...new Set([...DEAD_REASONS, ...others])] : others
  const near = nearest(wanted, known) ?? known.find((one) => abbreviates(wanted, one))
  const more = known.length > SHOWN ? ` and ${known.length - SHOWN} more` : ''
  return usageError(
    `no dead letter has the ${field} ${JSON.stringify(wanted)}`,
    ...(near === undefined ? [] : [`did you mean ${JSON.stringify(near)}?`]),
    known.length === 0
      ? `no dead letter of this queue has a ${field}`
      : `${field}s: ${known.slice(0, SHOWN).map(shortly).join(', ')}${more}`,
  )
}

/** Most values that a message lists. */
const SHOWN = 20

/** Longest value that is shown in full; other programs write whole messages there. */
const LONGEST = 60

function shortly(value: string): string {
  return escapeLine(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value)
}

/** Whether `short` abbreviates `long`, as `fk` does `foreign_key`: its letters occur there in order. */
function abbreviates(short: string, long: string): boolean {
  let at = 0
  for (const character of long) if (character === short[at]) at++
  return at === short.length
}
