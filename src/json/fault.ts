/** Why a text was rejected. */
export type Fault = 'JSON' | 'NUL' | 'SURROGATE' | 'DEPTH' | 'DUPKEY'

/** Deepest nesting that is accepted; the outermost object is level 1. */
export const MAX_DEPTH = 64

const FAULT_WORDS: Record<Fault, string> = {
  JSON: 'not valid JSON',
  NUL: 'holds \\u0000, which Postgres cannot store',
  SURROGATE: 'holds a lone surrogate escape, which is not Unicode text',
  DEPTH: `is nested deeper than ${MAX_DEPTH} levels`,
  DUPKEY: 'gives a key twice',
}

/** Enough of a repeated key to recognise it by, in bytes. */
const SHOWN = 40

/**
 * Says what is wrong with a text.
 * @param at the first byte is 1
 * @param culprit the word that is no JSON, the key that is there twice, or nothing
 */
export function describeFault(fault: Fault, at: number, culprit: Uint8Array): string {
  const text = Buffer.from(culprit.subarray(0, SHOWN)).toString()
  const shown = culprit.length > SHOWN ? `${text}…` : text
  const key = fault === 'DUPKEY' ? `: ${shown}` : ''
  const hint =
    fault === 'JSON' && shown ? `: ${shown} is no JSON; "qtool enqueue --lenient" turns it into null` : ''
  return `${FAULT_WORDS[fault]}${key} (at byte ${at})${hint}`
}
