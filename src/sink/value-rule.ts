/**
 * How a JSON value must look to be plain for a column: so that Postgres surely accepts it, as what it was meant.
 * Values that are not plain are not refused here; they go to the careful lane, where Postgres is the judge.
 */
export type ValueRule =
  | {is: 'uuid'}
  | {is: 'integer'; digits: number}
  | {is: 'float'}
  | {is: 'numeric'; digits: number}
  | {is: 'boolean'}
  | {is: 'timestamp'}
  | {is: 'date'}
  | {is: 'time'}
  | {is: 'text'; bytes: number}
  | {is: 'json'}
  /** Enums, inet, bytea, domains over them …: any scalar is tried. */
  | {is: 'scalar'}
  /** Arrays and composite types: left to `json_to_recordset`. */
  | {is: 'nested'}

const UNLIMITED = Number.MAX_SAFE_INTEGER

/** More digits than a numeric without a precision is likely to be asked to hold. */
const NUMERIC_DIGITS = 1000

const FIXED: Record<string, ValueRule> = {
  uuid: {is: 'uuid'},
  int2: {is: 'integer', digits: 4},
  int4: {is: 'integer', digits: 9},
  int8: {is: 'integer', digits: 18},
  float4: {is: 'float'},
  float8: {is: 'float'},
  bool: {is: 'boolean'},
  timestamp: {is: 'timestamp'},
  timestamptz: {is: 'timestamp'},
  date: {is: 'date'},
  time: {is: 'time'},
  timetz: {is: 'time'},
  text: {is: 'text', bytes: UNLIMITED},
  json: {is: 'json'},
  jsonb: {is: 'json'},
}

/**
 * The rule of a column type.
 * @param base `pg_type.typname` of the type, or of the type under a domain.
 * @param typmod `atttypmod`, or -1.
 * @param category `pg_type.typcategory`: `A` arrays, `C` composite types.
 */
export function valueRule(base: string, typmod: number, category: string): ValueRule {
  const fixed = FIXED[base]
  if (fixed) return fixed
  if (category === 'A' || category === 'C') return {is: 'nested'}
  // typmod of varchar(n) and char(n) is n + 4; a character has at least one byte
  if (base === 'varchar' || base === 'bpchar') return {is: 'text', bytes: typmod < 0 ? UNLIMITED : typmod - 4}
  if (base === 'numeric') return {is: 'numeric', digits: typmod < 0 ? NUMERIC_DIGITS : integerDigits(typmod)}
  return {is: 'scalar'}
}

/** Digits before the point of numeric(p,s): p - s; see numeric.c, `numeric_typmod_scale`. */
function integerDigits(typmod: number): number {
  const packed = typmod - 4
  const precision = (packed >> 16) & 0xffff
  const scale = ((packed & 0x7ff) ^ 1024) - 1024
  // one less: rounding up may carry into one more digit
  return Math.max(0, precision - scale - 1)
}

/** Types in which Postgres takes words (`now`, `infinity`, `NaN`) that nobody means in a payload. */
export function specialCode(rule: ValueRule): 'TS_FORMAT' | 'NOT_FINITE' | undefined {
  if (rule.is === 'timestamp' || rule.is === 'date' || rule.is === 'time') return 'TS_FORMAT'
  if (rule.is === 'float' || rule.is === 'numeric') return 'NOT_FINITE'
  return undefined
}
