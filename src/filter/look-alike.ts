import {type Fault, shortly} from './fault.ts'

/**
 * What other languages write. Taken as a part of a name or a value, it would select nothing, and behind NOT everything,
 * without a word.
 */
const QUOTE = /^['‘’‚“”„«]/
const NEGATION = /^[-!]/

/** What is wrong with a name that begins a condition at `at` without quotes. */
export function nameFault(text: string, at: number, name: string): Fault | undefined {
  const first = text[at] ?? ''
  const message = `expected the name of a field, got ${JSON.stringify(first)}`
  if (QUOTE.test(first)) {
    return {
      at,
      message,
      suggestions: ['write double quotes around a name with other characters than letters'],
    }
  }
  if (!NEGATION.test(first)) return undefined
  const inPayload = name === '' ? [] : [`write payload.${shortly(name)} for a key of the payload`]
  return {at, message, suggestions: ['write NOT before a condition for its opposite', ...inPayload]}
}

/** What is wrong with the quote that a value without double quotes begins with at `at`. */
export function quoteFault(text: string, at: number): Fault | undefined {
  if (!QUOTE.test(text[at] ?? '')) return undefined
  const message = `expected double quotes or none around a value, got ${JSON.stringify(text[at])}`
  return {at, message, suggestions: [`write \\${text[at]} for a value that begins with it`]}
}

/** What is wrong with two characters, inside of a value, that other languages join conditions with. */
export function jointFault(text: string, at: number): Fault | undefined {
  const joint = text.slice(at, at + 2)
  if (joint !== '&&' && joint !== '||') return undefined
  const message = `expected a blank after the value, got "${joint}"`
  const inQuotes = `write a value that holds ${joint} in double quotes`
  return {at, message, suggestions: [joint === '&&' ? WRITE_AND : WRITE_OR, inQuotes]}
}

/** What to write for a text that stands for AND or OR in other languages; undefined for any other. */
export function advice(text: string): string | undefined {
  if (/^(?:&&?|[,;+])$/.test(text)) return WRITE_AND
  return /^\|\|?$/.test(text) ? WRITE_OR : undefined
}

const WRITE_AND = 'write AND, or nothing, between conditions that must all hold'
const WRITE_OR = 'write OR between conditions of which one must hold'
