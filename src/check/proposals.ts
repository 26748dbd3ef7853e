import {escapeIdentifier} from 'pg'
import {snakeCase} from '../config/mapping/snake-case.ts'
import {shellWord} from '../config/shell-word.ts'
import type {Obstacle} from '../letters/obstacles.ts'
import type {Sink} from '../sink/sink.ts'
import {changedType, TIMES} from './changed-type.ts'
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
  const missing = given.missing.map(({column}) => column)
  const all = [
    ...[...columns].flatMap((column) => (column === null ? [] : typeFor(sink, column, given))),
    ...unknown.flatMap((key) => flagFor(sink, key, missing) ?? columnFor(sink, key)),
  ]
  // One flag may help several keys
  return all.filter(({flag}, i) => flag === null || all.findIndex((one) => one.flag === flag) === i)
}

/** Another type for a column whose values it does not take, or the unit of its numbers. */
function typeFor({table}: Sink, name: string, given: GivenColumns): Proposal[] {
  const index = table.columns.findIndex((one) => one.name === name)
  const column = table.columns[index]
  const values = given.valuesOf(name)
  if (!column || !values) return []
  if (TIMES.has(column.rule.holds)) {
    const unit = values.epochUnit
    return unit ? [{subject: name, sql: null, flag: `--time ${shellWord(`${name}=${unit}`)}`}] : []
  }
  // Its type has to fit that of the parent's key
  if (table.foreignKeys.some(({columns}) => columns.includes(index))) return []
  const change = changedType(column, values.type)
  if (change === undefined) return []
  const sql = `ALTER TABLE ${table.quoted} ALTER COLUMN ${column.quoted} TYPE ${change};`
  return [{subject: name, sql, flag: null}]
}

/** A flag that lets a key give a column that no record gives: they differ in case alone. */
function flagFor({options}: Sink, {key}: UnknownKey, missing: string[]): Proposal[] | undefined {
  const snake = snakeCase(key)
  if (!options.camelCase && snake !== undefined && missing.includes(snake)) {
    return [{subject: key, sql: null, flag: '--camel-case'}]
  }
  const same = missing.filter((column) => column.toLowerCase() === key.toLowerCase())
  // Only keys of the record itself can be renamed
  if (same.length !== 1 || key.includes('.')) return undefined
  return [{subject: key, sql: null, flag: `--rename ${shellWord(`${key}=${same[0]}`)}`}]
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
