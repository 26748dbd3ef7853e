import type {Pattern} from './expression.ts'
import {type Fault, shortly} from './fault.ts'
import {advice, nameFault, quoteFault} from './look-alike.ts'
import {type Piece, readBare, readQuoted} from './words.ts'

/** A part of a filter. A condition has no blanks at its endss operator, so it is one token. */
export type Token =
  | {kind: 'open' | 'close' | 'and' | 'or' | 'not'; start: number; end: number}
  | ConditionToken

export interface ConditionToken {
  kind: 'condition'
  start: number
  end: number
  /** The names before the operator, which dots part. */
  path: string[]
  /** Empty where it is missing. */
  operator: string
  operatorStart: number
  valueStart: number
  value: Pattern
  /** What keeps it from being a condition. */
  fault?: Fault
}

const BLANK = /\s*/y
const NAME = /[^\s()":<>=!~.\\]+/y
const OPERATOR = /:|[<>]=?/y
const KEYWORDS: Record<string, 'and' | 'or' | 'not'> = {AND: 'and', OR: 'or', NOT: 'not'}
const OPERATORS = '":", ">", "<", ">=" or "<="'

/** Cuts a filter into its tokens. It never fails: faults are in the tokens, for the parser to report. */
export function readTokens(text: string): Token[] {
  const tokens: Token[] = []
  let at = behind(BLANK, text, 0)
  while (at < text.length) {
    const token = readToken(text, at)
    tokens.push(token)
    at = behind(BLANK, text, token.end)
  }
  return tokens
}

function readToken(text: string, start: number): Token {
  if (text[start] === '(') return {kind: 'open', start, end: start + 1}
  if (text[start] === ')') return {kind: 'close', start, end: start + 1}
  const end = behind(NAME, text, start)
  const keyword = KEYWORDS[text.slice(start, end)]
  return keyword && isEnd(text, end) ? {kind: keyword, start, end} : readCondition(text, start)
}

function readCondition(text: string, start: number): ConditionToken {
  const token: ConditionToken = {
    ...{kind: 'condition', start, end: start, path: [], operator: ''},
    ...{operatorStart: start, valueStart: start, value: ['']},
  }
  token.fault = readPath(text, token) ?? readComparison(text, token)
  if (token.fault) token.end = Math.max(token.end, token.fault.at, start + 1)
  return token
}

function readPath(text: string, token: ConditionToken): Fault | undefined {
  for (;;) {
    const at = token.end
    const name = text[at] === '"' ? readQuoted(text, at) : bareName(text, at, at === token.start)
    token.end = name.end
    if (name.fault) return name.fault
    token.path.push(name.pattern[0])
    if (text[token.end] !== '.') return undefined
    token.end++
  }
}

function bareName(text: string, at: number, isFirst: boolean): Piece {
  const end = behind(NAME, text, at)
  const name = text.slice(at, end)
  const message = `expected the name of a field, got ${shown(text, at)}`
  const fault = isFirst ? nameFault(text, at, name) : undefined
  return {end, pattern: [name], fault: fault ?? (end === at ? {at, message} : undefined)}
}

function readComparison(text: string, token: ConditionToken): Fault | undefined {
  const at = token.end
  token.operatorStart = at
  const end = behind(OPERATOR, text, at)
  token.operator = text.slice(at, end)
  token.valueStart = end
  token.end = end
  const name = shortly(text.slice(token.start, at))
  if (end === at) return noOperator(text, at, name)
  const foreign = quoteFault(text, end)
  if (foreign) return foreign
  const value = text[end] === '"' ? readQuoted(text, end) : readBare(text, end)
  token.end = value.end
  token.value = value.pattern
  if (value.fault) return value.fault
  if (value.end === end) {
    return {at: end, message: `expected a value after ${name}${token.operator}, got ${shown(text, end)}`}
  }
  if (isEnd(text, value.end)) return undefined
  return {at: value.end, message: `expected a blank after the value, got ${shown(text, value.end)}`}
}

function noOperator(text: string, at: number, name: string): Fault {
  const message = `expected ${OPERATORS} after ${name}, got ${shown(text, at)}`
  if (/^(and|or|not)$/i.test(name)) return {at, message, suggestions: ['AND, OR and NOT are in capitals']}
  const said = advice(name)
  if (said) return {at, message, suggestions: [said]}
  if (/\s*[:<>=]/y.test(text.slice(at, at + 1000))) {
    return {at, message, suggestions: ['write it without blanks, with ":" for equality: a:1 age>2h']}
  }
  if (text[at] === '!') return {at, message, suggestions: [`write NOT ${name}:VALUE`]}
  if (text[at] === '~') return {at, message, suggestions: [`write ${name}:*TEXT*`]}
  return {at, message, suggestions: [`text:${name} finds a text anywhere`]}
}

/** What stands at a place, for a message. */
export function shown(text: string, at: number): string {
  if (at >= text.length) return 'the end'
  return /\s/.test(text[at]) ? 'a blank' : JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))
}

/** Whether a token may end here. */
function isEnd(text: string, at: number): boolean {
  return at >= text.length || /[\s()]/.test(text[at])
}

/** The offset behind what a sticky expression finds at `at`. */
function behind(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at
  return expression.test(text) ? expression.lastIndex : at
}
