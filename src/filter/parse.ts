import {type QtoolError, usageError} from '../errors.ts'
import {type Context, readCondition} from './condition.ts'
import {allOf, anyOf, type Expression} from './expression.ts'
import {type Fault, faultError} from './fault.ts'
import {type ConditionToken, readTokens, shown, type Token} from './tokens.ts'

/** Longest filter, in characters. */
export const LONGEST = 64 * 1024
/** Most conditions, each of which may cost a look into every payload. */
export const MOST_CONDITIONS = 1000
/** Deepest nesting of parentheses and NOT. */
export const DEEPEST = 64

/**
 * Reads a filter, such as `reason:foreign_key age>2h NOT (payload.source:igc OR text:"Alpine")`. NOT binds more than
 * AND, which may be left out, and AND more than OR.
 * @throws QtoolError (usage) that shows the place
 */
export function parseFilterText(text: string, context: Context): Expression {
  if (text.length > LONGEST) {
    throw usageError(`filter: expected at most ${LONGEST} characters, got ${text.length}`)
  }
  return new Parser(text, context).parse()
}

class Parser {
  readonly #text: string
  readonly #context: Context
  readonly #tokens: Token[]
  #at = 0
  #depth = 0
  #conditions = 0

  constructor(text: string, context: Context) {
    this.#text = text
    this.#context = context
    this.#tokens = readTokens(text)
  }

  parse(): Expression {
    const expression = this.#or()
    const rest = this.#tokens[this.#at]
    if (rest) throw this.#error({at: rest.start, message: 'expected no ")" here: none is open'})
    return expression
  }

  #or(): Expression {
    const parts = [this.#and()]
    while (this.#take('or')) parts.push(this.#and())
    return anyOf(parts)
  }

  #and(): Expression {
    const parts = [this.#not()]
    for (;;) {
      const isNamed = this.#take('and')
      const next = this.#tokens[this.#at]?.kind
      if (!isNamed && (next === undefined || next === 'or' || next === 'close')) break
      parts.push(this.#not())
    }
    return allOf(parts)
  }

  #not(): Expression {
    const start = this.#tokens[this.#at]
    if (!this.#take('not')) return this.#primary()
    this.#enter(start)
    const part = this.#not()
    this.#depth--
    return {kind: 'not', part}
  }

  #primary(): Expression {
    const token = this.#tokens[this.#at]
    if (token?.kind === 'condition') return this.#condition(token)
    if (!this.#take('open')) throw this.#error(this.#expectedCondition(token))
    this.#enter(token)
    const expression = this.#or()
    if (!this.#take('close')) {
      const at = this.#tokens[this.#at]?.start ?? this.#text.length
      const message = `expected ")" for the "(" at character ${token.start + 1}, got ${shown(this.#text, at)}`
      throw this.#error({at, message})
    }
    this.#depth--
    return expression
  }

  #condition(token: ConditionToken): Expression {
    this.#at++
    if (token.fault) throw this.#error(token.fault)
    if (++this.#conditions > MOST_CONDITIONS) {
      throw this.#error({at: token.start, message: `expected at most ${MOST_CONDITIONS} conditions`})
    }
    const read = readCondition(token, this.#text, this.#context)
    if ('fault' in read) throw this.#error(read.fault)
    return read.condition
  }

  #expectedCondition(token: Token | undefined): Fault {
    const at = token?.start ?? this.#text.length
    const got = token ? this.#text.slice(token.start, token.end) : 'the end'
    return {at, message: `expected a condition such as ${this.#context.vocabulary.example}, got ${got}`}
  }

  #enter(token: Token): void {
    if (++this.#depth <= DEEPEST) return
    throw this.#error({at: token.start, message: `expected at most ${DEEPEST} levels of parentheses and NOT`})
  }

  #take(kind: Token['kind']): boolean {
    if (this.#tokens[this.#at]?.kind !== kind) return false
    this.#at++
    return true
  }

  #error(fault: Fault): QtoolError {
    return faultError(this.#text, fault)
  }
}
