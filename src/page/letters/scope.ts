import {count, plural} from '../format.ts'

/** Which dead letters an action is about. */
export interface Scope {
  /** As in the input of an operation: empty for all letters of the queue. */
  input: {where?: string; id?: string[]}
  /** How many they are; undefined if nobody has counted them yet. */
  letters: number | undefined
  /** What they are, e.g. `the 3 selected dead letters`. */
  words: string
}

/** Those that a filter selects. @param letters how many, if known */
export function scopeOfFilter(where: string, letters: number | undefined): Scope {
  const input = where === '' ? {} : {where}
  const some = letters === undefined ? 'all dead letters' : `all ${plural(letters, 'dead letter')}`
  return {input, letters, words: where === '' ? some : `${some} that match ${where}`}
}

/** Those that were chosen one by one. */
export function scopeOfIds(id: string[]): Scope {
  const words = id.length === 1 ? `the dead letter ${id[0]}` : `the ${count(id.length)} selected dead letters`
  return {input: {id}, letters: id.length, words}
}
