import {type ClientBase, escapeIdentifier} from 'pg'
import {snakeCase} from '../config/mapping/snake-case.ts'
import {shellWord} from '../config/shell-word.ts'
import type {Obstacle} from '../letters/obstacles.ts'
import type {Sink} from '../sink/sink.ts'
import {changedType, TIMES} from './changed-type.ts'
import type {GivenColumns} from './given-columns.ts'
import {type Alteration, alterable} from './hindrances.ts'
import {holdsControls, pasteable} from './pasteable.ts'
import type {UnknownKey} from './unknown-keys.ts'

/** Something that would let more records pass, or keep more of them. */
export interface Proposal {
  /** What it is for: the key or the column. */
  subject: string
  /** A statement for the table; null if it is a flag. */
  sql: string | null
  /** A flag of `work`; null if it is a statement. */
  flag: string | null
  /** What stands in the way of a statement that would help; there is neither a statement nor a flag then. */
  hindrances: string[]
}

/** Something that would help, before it is known whether Postgres would do it. */
type Idea = {subject: string; flag: string} | {subject: string; change: Alteration; rest: string}

/** Longest name of a column, in bytes; Postgres cuts off the rest. */
const LONGEST_NAME = 63

/** Refusals of a record whose values a column never gets, whatever its type. */
const OF_THE_MAPPING: ReadonlySet<string> = new Set(['TWO_KEYS', 'NO_LIST'])

/** Statements and flags that fit what was seen. They are shown, and never run; a statement that is shown can be run. */
export async function proposalsFor(
  client: ClientBase,
  sink: Sink,
  {obstacles, unknown, given}: {obstacles: Obstacle[]; unknown: UnknownKey[]; given: GivenColumns},
): Promise<Proposal[]> {
  const unfit = obstacles.filter(({reason, code}) => reason === 'invalid' && !OF_THE_MAPPING.has(code))
  const columns = new Set(unfit.map(({column}) => column))
  const missing = given.missing.map(({column}) => column)
  const all = [
    ...[...columns].flatMap((column) => (column === null ? [] : typeFor(sink, column, given))),
    ...unknown.flatMap((key) => flagFor(sink, key, missing) ?? columnFor(sink, key)),
  ]
  // One flag, or one column, may help several keys
  const ideas = new Map(
    all.map((idea) => ['flag' in idea ? idea.flag : `column ${idea.change.column}`, idea]),
  )
  const proposals: Proposal[] = []
  for (const idea of ideas.values()) proposals.push(await proposalOf(client, sink, idea))
  return proposals
}

async function proposalOf(client: ClientBase, {table}: Sink, idea: Idea): Promise<Proposal> {
  const {subject} = idea
  if ('flag' in idea) return {subject, sql: null, flag: idea.flag, hindrances: []}
  const answer = await alterable(client, table, idea.change)
  if (answer.state === 'hindered') return {subject, sql: null, flag: null, hindrances: answer.by}
  const keepsCollation =
    'type' in idea.change && idea.change.type === 'text' && answer.collation !== undefined
  const rest = keepsCollation ? `${idea.rest} COLLATE ${answer.collation}` : idea.rest
  return {subject, sql: pasteable(`ALTER TABLE ${answer.table} ${rest};`), flag: null, hindrances: []}
}

/** Another type for a column whose values it does not take, or the unit of its numbers. */
function typeFor({table}: Sink, name: string, given: GivenColumns): Idea[] {
  const column = table.columns.find((one) => one.name === name)
  const values = given.valuesOf(name)
  if (!column || !values) return []
  if (TIMES.has(column.rule.holds)) {
    const unit = values.epochUnit
    return unit && !holdsControls(name)
      ? [{subject: name, flag: `--time ${shellWord(`${name}=${unit}`)}`}]
      : []
  }
  const changed = changedType(column, values.type)
  if (changed === undefined) return []
  const [type, ...using] = changed.split(' USING ')
  const change = {column: name, type, isConverted: using.length > 0}
  return [{subject: name, change, rest: `ALTER COLUMN ${column.quoted} TYPE ${changed}`}]
}

/** A flag that lets a key give a column that no record gives: they differ in case alone. */
function flagFor({options}: Sink, {key}: UnknownKey, missing: string[]): Idea[] | undefined {
  const snake = snakeCase(key)
  if (!options.camelCase && snake !== undefined && missing.includes(snake)) {
    return [{subject: key, flag: '--camel-case'}]
  }
  const same = missing.filter((column) => column.toLowerCase() === key.toLowerCase())
  // Only keys of the record itself can be renamed, and a shell has no common way to write control characters
  if (same.length !== 1 || key.includes('.') || holdsControls(key)) return undefined
  return [{subject: key, flag: `--rename ${shellWord(`${key}=${same[0]}`)}`}]
}

/** A column for a key that has none. */
function columnFor({table, options}: Sink, {key, type}: UnknownKey): Idea[] {
  if (type === null) return []
  const name = (options.camelCase ? snakeCase(key) : undefined) ?? key
  const isTaken = table.generated.includes(name) || table.columns.some((column) => column.name === name)
  if (isTaken || name === '' || Buffer.byteLength(name) > LONGEST_NAME || name.endsWith('…')) return []
  const rest = `ADD COLUMN ${escapeIdentifier(name)} ${type}`
  return [{subject: key, change: {column: name, isNew: true}, rest}]
}
