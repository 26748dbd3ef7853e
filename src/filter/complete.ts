import type {Field, Vocabulary} from './fields.ts'
import {LONGEST} from './parse.ts'
import {type ConditionToken, readTokens, type Token} from './tokens.ts'

/** What may stand at the cursor of a filter. */
export interface Candidate {
  /** Takes the place of everything from `from` to the cursor. */
  text: string
  from: number
  kind: 'field' | 'operator' | 'value' | 'keyword'
  /** One line about a field. */
  summary?: string
}

/**
 * What may be typed next in a filter, in the order in which it should be offered.
 * @param cursor offset in the text; what stands behind it is ignored
 */
export function complete(text: string, cursor: number, vocabulary: Vocabulary): Candidate[] {
  const before = text.slice(0, cursor)
  if (before.length > LONGEST) return []
  const tokens = readTokens(before)
  const last = tokens.at(-1)
  const isTouched = last?.end === before.length
  if (isTouched && last?.kind === 'condition') return inCondition(before, last, tokens, vocabulary)
  if (isTouched && last?.kind === 'close') return []
  if (isTouched && last && last.kind !== 'open') {
    return words(before.slice(last.start), last.start, keywordsAfter(tokens.slice(0, -1)))
  }
  const fields = namesOf(vocabulary, '', before.length)
  return [...fields, ...words('', before.length, keywordsAfter(tokens))]
}

function inCondition(
  before: string,
  token: ConditionToken,
  tokens: readonly Token[],
  vocabulary: Vocabulary,
): Candidate[] {
  const {start} = token
  const name = before.slice(start, token.operator === '' ? undefined : token.operatorStart)
  const field = vocabulary.fields.find((one) => one.name === name)
  if (token.operator !== '') return valuesOf(before, token, field, vocabulary)
  const keywords = words(name, start, keywordsAfter(tokens.slice(0, -1)))
  return [
    ...operatorsOf(name, field, before.length, vocabulary),
    ...namesOf(vocabulary, name, start),
    ...keywords,
  ]
}

/** Names that begin with what is typed, and are more than that. */
function namesOf({fields, paths = []}: Vocabulary, typed: string, from: number): Candidate[] {
  const names = fields.map(({name, kind, summary}) => ({
    text: kind === 'payload' ? `${name}.` : name,
    summary,
  }))
  // A path is offered once somebody asks for the payload: there may be hundreds
  const inPayload = typed.startsWith('payload.') ? paths.map((path) => ({text: `payload.${path}`})) : []
  return [...names, ...inPayload]
    .filter(({text}) => text.startsWith(typed) && text !== typed)
    .map((one) => ({...one, from, kind: 'field'}))
}

const BOUNDS = ['>', '<', '>=', '<=']

function operatorsOf(
  name: string,
  field: Field | undefined,
  from: number,
  {paths = []}: Vocabulary,
): Candidate[] {
  const isPath = name.startsWith('payload.') && paths.includes(name.slice('payload.'.length))
  if (!isPath && (!field || field.kind === 'payload')) return []
  const takes = {text: [':'], search: [':'], age: BOUNDS, time: BOUNDS, number: [':', ...BOUNDS]}
  const kind = field && field.kind !== 'payload' ? field.kind : 'number'
  return takes[kind].map((text) => ({text, from, kind: 'operator'}))
}

const DURATIONS = ['5m', '30m', '2h', '1d', '7d']

function valuesOf(
  before: string,
  {path, valueStart}: ConditionToken,
  field: Field | undefined,
  {values = {}}: Vocabulary,
): Candidate[] {
  const typed = before.slice(valueStart).replace(/^"/, '')
  const isQuoted = before[valueStart] === '"'
  const known = field?.kind === 'age' ? DURATIONS : (values[path.join('.')] ?? [])
  return known
    .filter((value) => value.startsWith(typed))
    .map((value) => ({
      text: isQuoted ? JSON.stringify(value) : asValue(value),
      from: valueStart,
      kind: 'value',
    }))
}

/** A text as a value of a filter, in quotes where it needs them. */
function asValue(text: string): string {
  return /^[^\s()"\\*]+$/.test(text) ? text : JSON.stringify(text)
}

/** The keywords and parentheses that may stand behind these tokens. */
function keywordsAfter(tokens: readonly Token[]): string[] {
  const last = tokens.at(-1)?.kind
  if (last !== 'condition' && last !== 'close') return ['NOT', '(']
  const open = tokens.reduce((depth, {kind}) => depth + Number(kind === 'open') - Number(kind === 'close'), 0)
  return ['AND', 'OR', 'NOT', '(', ...(open > 0 ? [')'] : [])]
}

/** Keywords that begin with what is typed, also in small letters. */
function words(typed: string, from: number, keywords: readonly string[]): Candidate[] {
  return keywords
    .filter((word) => word.startsWith(typed.toUpperCase()))
    .map((text) => ({text, from, kind: 'keyword'}))
}
