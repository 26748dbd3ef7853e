import type {Decimal} from './decimal.ts'

/** A filter: which records are meant. Times and numbers are read, names are known to exist. */
export type Expression =
  | {kind: 'and' | 'or'; parts: readonly Expression[]}
  | {kind: 'not'; part: Expression}
  | Condition

/** One comparison. */
export type Condition =
  /** A field of the record has this text. */
  | {kind: 'is'; field: string; pattern: Pattern}
  /** A number of the record; a time is in ms since 1970. */
  | {kind: 'bound'; field: string; operator: Bound; limit: number}
  /** A value of the payload has this text. */
  | {kind: 'value-is'; path: readonly string[]; pattern: Pattern}
  /** A value of the payload is a number or a time within a bound. */
  | {kind: 'value-bound'; path: readonly string[]; operator: Bound; limit: Limit}
  /** A text stands anywhere in the record. */
  | {kind: 'contains'; text: string}

export type Bound = '>' | '<' | '>=' | '<='

/** A number with every digit, or a time in ms since 1970. */
export type Limit = {number: Decimal} | {ms: number}

/** The pieces of a text between its wildcards: one piece is the whole text, two or more have any text between them. */
export type Pattern = readonly string[]

/** All of these, of which there is at least one. */
export function allOf(parts: readonly Expression[]): Expression {
  return parts.length === 1 ? parts[0] : {kind: 'and', parts}
}

/** Any of these, of which there is at least one. */
export function anyOf(parts: readonly Expression[]): Expression {
  return parts.length === 1 ? parts[0] : {kind: 'or', parts}
}

/** Every condition of an expression, also those that are negated. */
export function conditionsOf(expression: Expression): Condition[] {
  if (expression.kind === 'not') return conditionsOf(expression.part)
  if ('parts' in expression) return expression.parts.flatMap(conditionsOf)
  return [expression]
}

/** Whether a comparison, negative where a value is below its limit, is within a bound; NaN never is. */
export function isWithin(operator: Bound, compared: number): boolean {
  if (operator === '>') return compared > 0
  if (operator === '<') return compared < 0
  return operator === '>=' ? compared >= 0 : compared <= 0
}
