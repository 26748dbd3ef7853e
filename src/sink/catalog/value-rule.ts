/** The kinds of columns that the look of a value can be checked against. */
export const Holds = {
  Uuid: 1,
  Integer: 2,
  Float: 3,
  Numeric: 4,
  Boolean: 5,
  Timestamp: 6,
  Date: 7,
  Time: 8,
  Text: 9,
  Json: 10,
  /** Enums, inet, bytea, domains over them …: any scalar counts as plain. */
  Scalar: 11,
  /** Arrays and composite types: left to `json_to_recordset`. */
  Nested: 12,
  /** Without a time zone: Postgres ignores an offset. */
  LocalTimestamp: 13,
  ZonedTime: 14,
} as const
export type Holds = (typeof Holds)[keyof typeof Holds]

/**
 * How a JSON value must look to be plain for a column: Postgres is then certain to accept it and to read it as meant.
 * Other values are not refused; they go to the careful lane, where Postgres is the judge. All rules are objects of
 * the same shape, which keeps the code that checks millions of values fast.
 */
export interface ValueRule {
  holds: Holds
  /** Most digits before the point of an integer or numeric, or most bytes of a text. */
  limit: number
}

const UNLIMITED = Number.MAX_SAFE_INTEGER

/** More digits than anyone is likely to put into a numeric without a precision. */
const NUMERIC_DIGITS = 1000

const FIXED: Record<string, ValueRule> = {
  uuid: {holds: Holds.Uuid, limit: UNLIMITED},
  int2: {holds: Holds.Integer, limit: 4},
  int4: {holds: Holds.Integer, limit: 9},
  int8: {holds: Holds.Integer, limit: 18},
  float4: {holds: Holds.Float, limit: UNLIMITED},
  float8: {holds: Holds.Float, limit: UNLIMITED},
  bool: {holds: Holds.Boolean, limit: UNLIMITED},
  timestamp: {holds: Holds.LocalTimestamp, limit: UNLIMITED},
  timestamptz: {holds: Holds.Timestamp, limit: UNLIMITED},
  date: {holds: Holds.Date, limit: UNLIMITED},
  time: {holds: Holds.Time, limit: UNLIMITED},
  timetz: {holds: Holds.ZonedTime, limit: UNLIMITED},
  text: {holds: Holds.Text, limit: UNLIMITED},
  json: {holds: Holds.Json, limit: UNLIMITED},
  jsonb: {holds: Holds.Json, limit: UNLIMITED},
}

/**
 * The rule for a column type.
 * @param base `pg_type.typname` of the type, or of the type under a domain; empty outside of `pg_catalog`.
 * @param typmod `atttypmod`, or -1.
 * @param category `pg_type.typcategory`: `A` arrays, `C` composite types.
 */
export function valueRule(base: string, typmod: number, category: string): ValueRule {
  if (Object.hasOwn(FIXED, base)) return FIXED[base]
  if (category === 'A' || category === 'C') return {holds: Holds.Nested, limit: UNLIMITED}
  if (base === 'varchar' || base === 'bpchar') {
    // typmod of varchar(n) and char(n) is n + 4; a character has at least one byte
    return {holds: Holds.Text, limit: typmod < 0 ? UNLIMITED : typmod - 4}
  }
  if (base === 'numeric') {
    return {holds: Holds.Numeric, limit: typmod < 0 ? NUMERIC_DIGITS : integerDigits(typmod)}
  }
  return {holds: Holds.Scalar, limit: UNLIMITED}
}

/** Digits before the point of numeric(p,s): p - s; see numeric.c, `numeric_typmod_scale`. */
function integerDigits(typmod: number): number {
  const packed = typmod - 4
  const precision = (packed >> 16) & 0xffff
  const scale = ((packed & 0x7ff) ^ 1024) - 1024
  // One less, because rounding up may carry into another digit
  return Math.max(0, precision - scale - 1)
}
