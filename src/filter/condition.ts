import {readDuration, readTime} from '../config/amount.ts'
import {MAX_DEPTH} from '../json/fault.ts'
import {nearest} from '../nearest.ts'
import {readDecimal} from './decimal.ts'
import type {Bound, Condition} from './expression.ts'
import {type Fault, shortly} from './fault.ts'
import {ALL_FIELDS, type Field, type Vocabulary} from './fields.ts'
import type {ConditionToken} from './tokens.ts'

/** What a filter is read for. */
export interface Context {
  vocabulary: Vocabulary
  /** ms since 1970, by the clock that the records were written by. */
  nowMs: number
}

type Read = {condition: Condition} | {fault: Fault}

/** Makes a condition of a token without a fault of its own, or says what is wrong with it. */
export function readCondition(token: ConditionToken, text: string, context: Context): Read {
  const [head, ...rest] = token.path
  const field = context.vocabulary.fields.find(({name}) => name === head)
  if (token.path.length > MAX_DEPTH) {
    return faultAt(token.start, `expected a path of at most ${MAX_DEPTH} names`)
  }
  if (text[token.start] === '"') return readValue(token, token.path)
  if (!field) return unknownField(head, context.vocabulary, token) ?? readValue(token, token.path)
  if (field.kind === 'payload') {
    return rest.length === 0
      ? faultAt(token.operatorStart, 'expected a key after payload, as in payload.device.id:7')
      : readValue(token, rest)
  }
  if (rest.length === 0) return readField(token, field, context)
  const path = shortly(text.slice(token.start, token.operatorStart))
  return faultAt(token.start, `"${head}" has no parts`, `write payload.${path} for a key of the payload`)
}

/** A name of no field is a key of the payload, unless it is likely meant as a field. */
function unknownField(name: string, {records, fields}: Vocabulary, token: ConditionToken): Read | undefined {
  const names = fields.map((field) => field.name)
  const list = `fields: ${names.join(', ')}`
  if (token.path.length > 1) return undefined
  const inPayload = `write payload.${name} for a key of the payload`
  if (ALL_FIELDS.includes(name)) return faultAt(token.start, `${records} have no ${name}`, list, inPayload)
  const near = nearest(name, names, name.length < 5 ? 0 : 2)
  if (near === undefined) return undefined
  return faultAt(token.start, `unknown field "${name}"`, `did you mean ${near}?`, list, inPayload)
}

function readField(token: ConditionToken, field: Field, {nowMs}: Context): Read {
  const {name, kind} = field
  const {operator, value, valueStart} = token
  const isEquality = operator === ':'
  if ((kind === 'text' || kind === 'search') && !isEquality) return wrongOperator(token, name, '":"')
  if ((kind === 'age' || kind === 'time') && isEquality)
    return wrongOperator(token, name, '">", "<", ">=" or "<="')
  if (kind === 'search') return readSearch(token)
  if (kind === 'age') {
    const ms = readDuration(value.join('*'))
    if (Number.isNaN(ms)) return faultAt(valueStart, 'expected a duration such as 30m, 2h or 7d')
    return {
      condition: {kind: 'bound', field: 'time', operator: flipped(operator as Bound), limit: nowMs - ms},
    }
  }
  if (kind === 'time') return readTimeBound(token, nowMs)
  if (isEquality && kind === 'number' && value.length === 1 && !/^(?:0|[1-9]\d*)$/.test(value[0])) {
    return faultAt(valueStart, 'expected a whole number')
  }
  if (isEquality) return {condition: {kind: 'is', field: name, pattern: value}}
  const said = value.join('*')
  const limit = Number(said)
  if (!readDecimal(said) || !Number.isFinite(limit)) return faultAt(valueStart, 'expected a number')
  return {condition: {kind: 'bound', field: name, operator: operator as Bound, limit}}
}

/** The bound of a time that says the same as one of an age: an older record has an earlier time. */
export function flipped(bound: Bound): Bound {
  return FLIPPED[bound]
}

const FLIPPED: Record<Bound, Bound> = {'>': '<', '<': '>', '>=': '<=', '<=': '>='}

function readTimeBound({operator, value, valueStart}: ConditionToken, nowMs: number): Read {
  const limit = readTime(value.join('*'))
  if (Number.isNaN(limit)) {
    return faultAt(
      valueStart,
      'expected a time such as 2026-11-24 or 2026-11-24T06:30:00Z',
      'age takes a duration: age<2h',
    )
  }
  if (operator.startsWith('>') && limit > nowMs) {
    return faultAt(valueStart, `expected a time in the past, now is ${new Date(nowMs).toISOString()}`)
  }
  return {condition: {kind: 'bound', field: 'time', operator: operator as Bound, limit}}
}

function readSearch({value, valueStart}: ConditionToken): Read {
  if (value.length === 1 && value[0] !== '') return {condition: {kind: 'contains', text: value[0]}}
  if (value.length === 1) return faultAt(valueStart, 'expected a text that is not empty')
  return faultAt(
    valueStart,
    'expected a text without wildcards',
    'text: finds a text anywhere; a star is written \\* or in quotes',
  )
}

function readValue(token: ConditionToken, path: readonly string[]): Read {
  const {operator, value, valueStart} = token
  if (operator === ':') return {condition: {kind: 'value-is', path, pattern: value}}
  const said = value.join('*')
  const number = readDecimal(said)
  const ms = readTime(said)
  if (!number && Number.isNaN(ms)) {
    return faultAt(valueStart, `expected a number or a time such as 2026-11-24T06:30:00Z after ${operator}`)
  }
  return {
    condition: {kind: 'value-bound', path, operator: operator as Bound, limit: number ? {number} : {ms}},
  }
}

function wrongOperator({operator, operatorStart}: ConditionToken, name: string, takes: string): Read {
  return faultAt(operatorStart, `expected ${takes} after ${name}, got "${operator}"`)
}

function faultAt(at: number, message: string, ...suggestions: string[]): {fault: Fault} {
  return {fault: {at, message, suggestions}}
}
