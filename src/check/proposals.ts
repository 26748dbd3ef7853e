import {escapeIdentifier} from 'pg'
import {snakeCase} from '../config/mapping/snake-case.ts'
import {shellWord} from '../config/shell-word.ts'
import type {Obstacle} from '../letters/obstacles.ts'
import {Holds} from '../sink/catalog/value-rule.ts'
import type {Sink} from '../sink/sink.ts'
import type {GivenColumns} from './given-columns.ts'
import type {UnknownKey} from './unknown-keys.ts'

/** Something that would let more records pass, or keep more of them. */
export interface Proposal {
  /** What it is for: the key or the column. */
  subject: string
  /** A statement for the table; null if it is a flag. */
  sql: string | null
  /** A flag of `work`; null if it is a statement. */
  flag: string | null
}

/** Longest name of a column, in bytes; Postgres cuts off the rest. */
const LONGEST_NAME = 63

/** Statements and flags that fit what was seen. They are shown, and never run. */
export function proposalsFor(
  sink: Sink,
  {obstacles, unknown, given}: {obstacles: Obstacle[]; unknown: UnknownKey[]; given: GivenColumns},
): Proposal[] {
  const columns = new Set(obstacles.filter(({reason}) => reason === 'invalid').map(({column}) => column))
  return [
    ...[...columns].flatMap((column) => (column === null ? [] : typeFor(sink, column, given))),
    ...unknown.flatMap((key) => columnFor(sink, key)),
  ]
}

/** Another type for a column whose values it does not take, or the unit of its numbers. */
function typeFor({table}: Sink, name: string, given: GivenColumns): Proposal[] {
  const column = table.columns.find((one) => one.name === name)
  const values = given.valuesOf(name)
  if (!column || !values) return []
  if (column.rule.holds === Holds.Timestamp || column.rule.holds === Holds.LocalTimestamp) {
    return values.areIntegers
      ? [{subject: name, sql: null, flag: `--time ${shellWord(`${name}=${unitOf(values.largest)}`)}`}]
      : []
  }
  const {type} = values
  if (type === undefined || type === column.type || NARROWER[type]?.includes(column.type)) return []
  return [
    {
      subject: name,
      sql: `ALTER TABLE ${table.quoted} ALTER COLUMN ${column.quoted} TYPE ${type};`,
      flag: null,
    },
  ]
}

/** Types that already hold whatever looks like this. */
const NARROWER: Record<string, string[]> = {
  integer: ['bigint', 'numeric', 'real', 'double precision'],
  bigint: ['numeric', 'real', 'double precision'],
  numeric: ['real', 'double precision'],
  jsonb: ['json'],
  date: ['timestamp with time zone', 'timestamp without time zone'],
}

/** A column for a key that has none. */
function columnFor({table, options}: Sink, {key, type}: UnknownKey): Proposal[] {
  if (type === null) return []
  const name = (options.camelCase ? snakeCase(key) : undefined) ?? key
  const isTaken = table.generated.includes(name) || table.columns.some((column) => column.name === name)
  if (isTaken || name === '' || Buffer.byteLength(name) > LONGEST_NAME || name.endsWith('…')) return []
  return [
    {
      subject: key,
      sql: `ALTER TABLE ${table.quoted} ADD COLUMN ${escapeIdentifier(name)} ${type};`,
      flag: null,
    },
  ]
}

/** The unit in which times of our days have so many digits. */
function unitOf(largest: bigint): 's' | 'ms' | 'us' | 'ns' {
  const digits = String(largest).length
  if (digits <= 11) return 's'
  if (digits <= 14) return 'ms'
  return digits <= 17 ? 'us' : 'ns'
}
