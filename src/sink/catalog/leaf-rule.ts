import {inUtc, isTemporal, mayBeTemporal, type Temporal} from '../decode/temporal.ts'

/** Why a value that Postgres would accept cannot be what its producer meant. */
export interface Objection {
  code: 'TS_FORMAT' | 'NOT_FINITE' | 'NUMBER_FORMAT'
  /** What was expected, with an article and an example. */
  expected: string
  got: string
}

/** The judgement on a value's text: an objection, another text to write in its place, or undefined if it stays. */
export type Verdict = Objection | string | undefined

/** The rule for one type that has no parts. */
export interface LeafRule {
  /** A JSON number needs no check, because it has only one notation. */
  takesNumbers: boolean
  objection: (text: string) => Objection | undefined
  /** The text that Postgres reads as the producer meant, if it would misread the value's own text. */
  conversion?: (text: string) => string | undefined
}

/** `NaN`, `inf` and `Infinity` as Postgres accepts them: in any case, and with the suffix that C allows after `nan`. */
const NOT_FINITE = /^[ \t\n\v\f\r]*[+-]?(?:nan(?:\(\w*\))?|inf(?:inity)?)[ \t\n\v\f\r]*$/i

/** `0x10`, `0o17`, `0b1` and `1_000`: numbers for Postgres 16 and later, errors before. */
const OTHER_NOTATION = /^[ \t\n\v\f\r]*[+-]?(?:0[xob]|[\d.][\d.e+-]*_)/i

/** Read as octal from Postgres 16 on, as decimal before. */
const LEADING_ZERO = /^[ \t\n\v\f\r]*[+-]?0\d/

const INFINITE_INTERVAL = /(?:^|[^a-z])inf(?:inity)?(?:[^a-z]|$)/i

function numberFormat(text: string): Objection | undefined {
  return OTHER_NOTATION.test(text)
    ? {code: 'NUMBER_FORMAT', expected: 'a decimal number', got: text}
    : undefined
}

function notFinite(text: string): Objection {
  return {code: 'NOT_FINITE', expected: 'a finite number', got: text}
}

const NUMBER: LeafRule = {
  takesNumbers: true,
  objection: (text) => (NOT_FINITE.test(text) ? notFinite(text) : numberFormat(text)),
}

/** In a decimal number the only letter is the `e` of its exponent, and no geometric literal contains words. */
const GEOMETRIC: LeafRule = {
  takesNumbers: true,
  objection: (text) => {
    if (/nan|inf/i.test(text)) return notFinite(text)
    return /x/i.test(text) ? {code: 'NUMBER_FORMAT', expected: 'decimal numbers', got: text} : undefined
  },
}

const OBJECT_ID: LeafRule = {
  takesNumbers: true,
  objection: (text) =>
    LEADING_ZERO.test(text)
      ? {code: 'NUMBER_FORMAT', expected: 'a decimal number without leading zeros', got: text}
      : numberFormat(text),
}

/** Before Postgres 16 these types read `hello` as 0, `1.5` as 1, and a number that is too large as the largest. */
function transactionId(largest: bigint): LeafRule {
  return {
    takesNumbers: false,
    objection: (text) =>
      /^[ \t\n\v\f\r]*(?:0|[1-9]\d{0,19})[ \t\n\v\f\r]*$/.test(text) && BigInt(text) <= largest
        ? undefined
        : {code: 'NUMBER_FORMAT', expected: `a whole number up to ${largest}`, got: text},
  }
}

/** A name, or a number that is read as the oid of an object. */
const OBJECT_NAME: LeafRule = {
  ...OBJECT_ID,
  objection: (text) => (/^0\d+$/.test(text) ? OBJECT_ID.objection(text) : undefined),
}

/** A JSON array would become an array with subscripts from 1, which Postgres could not read back as a vector. */
const VECTOR: LeafRule = {
  takesNumbers: true,
  objection: (text) => {
    if (/^\[.*\]$/s.test(text)) {
      return {code: 'NUMBER_FORMAT', expected: 'a text of numbers such as "1 2 3"', got: text}
    }
    const flawed = text.split(/[ \t\n\v\f\r]+/).find((number) => OBJECT_ID.objection(number))
    return flawed === undefined ? undefined : OBJECT_ID.objection(flawed)
  },
}

const INTERVAL: LeafRule = {
  takesNumbers: true,
  objection: (text) =>
    INFINITE_INTERVAL.test(text)
      ? {code: 'NOT_FINITE', expected: 'a finite interval such as 90 minutes', got: text}
      : undefined,
}

function temporal(type: Temporal, expected: string): LeafRule {
  return {
    takesNumbers: false,
    objection: (text) =>
      !isTemporal(type, text) && mayBeTemporal(text) ? {code: 'TS_FORMAT', expected, got: text} : undefined,
  }
}

const TIMESTAMP = 'an ISO 8601 timestamp such as 2026-11-24T06:30:00Z'

const RULES: Record<string, LeafRule> = {
  timestamptz: temporal('timestamptz', TIMESTAMP),
  // Postgres ignores an offset here, so the time would be wrong by hours
  timestamp: {...temporal('timestamp', TIMESTAMP), conversion: inUtc},
  date: temporal('date', 'a date such as 2026-11-24'),
  time: temporal('time', 'a time such as 06:30:00'),
  timetz: temporal('timetz', 'a time such as 06:30:00+01:00'),
  interval: INTERVAL,
  oid: OBJECT_ID,
  xid8: transactionId(2n ** 64n - 1n),
  int2vector: VECTOR,
  oidvector: VECTOR,
}
for (const name of ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']) RULES[name] = NUMBER
for (const name of ['xid', 'cid']) RULES[name] = transactionId(2n ** 32n - 1n)
for (const name of ['class', 'collation', 'config', 'dictionary', 'namespace', 'oper', 'operator'])
  RULES[`reg${name}`] = OBJECT_NAME
for (const name of ['proc', 'procedure', 'role', 'type']) RULES[`reg${name}`] = OBJECT_NAME
for (const name of ['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle']) RULES[name] = GEOMETRIC

/** The rule for a type of `pg_catalog` by its `typname`; undefined if whatever Postgres accepts is accepted. */
export function leafRule(name: string): LeafRule | undefined {
  return Object.hasOwn(RULES, name) ? RULES[name] : undefined
}
