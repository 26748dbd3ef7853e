import {JsonScanner} from '../../json/scanner.ts'
import {type Conversion, charactersOf} from './conversion.ts'

/** One character of a JSON string, as it is written. */
const WRITTEN = /\\u[\da-fA-F]{4}|\\.|[^\\]/gsu

/** `" a "` → "a"; what is between keeps its escapes. */
export const trim: Conversion = (json) => {
  if (!json.startsWith('"')) return {misfit: 'is not a string'}
  const written = json.slice(1, -1).match(WRITTEN) ?? []
  const isBlank = (character: string) => JSON.parse(`"${character}"`).trim() === ''
  const first = written.findIndex((character) => !isBlank(character))
  const last = written.findLastIndex((character) => !isBlank(character))
  const trimmed = first < 0 ? '""' : `"${written.slice(first, last + 1).join('')}"`
  return trimmed === json ? {misfit: 'has no blanks at its ends'} : {json: trimmed}
}

/** `""` or `"  "` → null. */
export const emptyNull: Conversion = (json) =>
  charactersOf(json)?.trim() === '' ? {json: 'null'} : {misfit: 'is not an empty string'}

const scanner = new JsonScanner()

/** `"{\"a\":1}"` → {"a":1}: JSON that was written into a text. */
export const fromJson: Conversion = (json) => {
  const text = charactersOf(json)
  if (text === undefined) return {misfit: 'is not a string'}
  const bytes = Buffer.from(text)
  scanner.open(bytes, bytes.length)
  const end = scanner.value(scanner.space(0), 1)
  const isJson = end >= 0 && scanner.space(end) === bytes.length
  return isJson ? {json: text.trim()} : {misfit: 'is not a string that holds JSON'}
}
