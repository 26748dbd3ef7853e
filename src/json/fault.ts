/** Why a text was rejected. */
export type Fault = 'JSON' | 'NUL' | 'SURROGATE' | 'DEPTH' | 'DUPKEY'

/** Deepest nesting that is accepted; the outermost object is level 1. */
export const MAX_DEPTH = 64

const FAULT_WORDS: Record<Fault, string> = {
  JSON: 'not valid JSON',
  NUL: 'contains \\u0000, which Postgres cannot store',
  SURROGATE: 'contains a lone surrogate escape, which is not valid Unicode',
  DEPTH: `is nested deeper than ${MAX_DEPTH} levels`,
  DUPKEY: 'duplicate key',
}

/** Most bytes of a repeated key that a message shows. */
const SHOWN = 40

/**
 * Describes what is wrong with a text.
 * @param at position of the fault; the first byte is 1
 * @param culprit the word that JSON does not have, the repeated key, or nothing
 */
export function describeFault(fault: Fault, at: number, culprit: Uint8Array): string {
  const text = Buffer.from(culprit.subarray(0, SHOWN)).toString()
  const shown = culprit.length > SHOWN ? `${text}…` : text
  const key = fault === 'DUPKEY' ? ` ${shown}` : ''
  const hint =
    fault === 'JSON' && shown ? `: JSON has no ${shown}; "qtool enqueue --lenient" turns it into null` : ''
  return `${FAULT_WORDS[fault]}${key} (at byte ${at})${hint}`
}
