import {parseMoment} from '../../config/amount.ts'
import {shellWord} from '../../config/shell-word.ts'
import {usageError} from '../../errors.ts'
import {allOf, anyOf, type Bound, type Expression} from '../../filter/expression.ts'
import {DEAD_LETTERS} from '../../filter/fields.ts'
import {parseFilterText} from '../../filter/parse.ts'
import {filterOf, type LetterFilter} from './letter-filter.ts'
import {isGroupId} from './letter-group.ts'
import {parseMatch} from './match-flag.ts'

/** The filter flags, as typed. */
export interface FilterFlags {
  where?: string
  reason?: string
  code?: string
  column?: string
  constraint?: string
  group?: string
  since?: string
  'older-than'?: string
  match?: string[]
  id?: string[]
  limit?: number
}

/**
 * Makes one filter of all flags: each is a short form of a condition of --where, and all of them must hold.
 * @param nowMs by the clock of Redis
 * @throws QtoolError (usage)
 */
export function parseFilter(flags: FilterFlags, nowMs: number): LetterFilter {
  const {where, group, match = [], id = []} = flags
  const since = timeOf('--since', '>=', flags.since, nowMs)
  const before = timeOf('--older-than', '<', flags['older-than'], nowMs)
  assertTimes(flags, {since: since?.limit, before: before?.limit, now: nowMs})
  const parts: Expression[] = [
    ...(['reason', 'code', 'column', 'constraint'] as const).flatMap((field) => {
      const text = flags[field]
      return text === undefined ? [] : [{kind: 'is' as const, field, pattern: [text]}]
    }),
    ...(group === undefined ? [] : [parseGroup(group)]),
    ...(since ? [since] : []),
    ...(before ? [before] : []),
    ...(id.length > 0 ? [anyOf(id.map((text) => ({kind: 'is', field: 'id', pattern: [text]})))] : []),
    ...match.map(parseMatch),
    ...(where === undefined ? [] : [parseFilterText(where, {vocabulary: DEAD_LETTERS, nowMs})]),
  ]
  return {...filterOf(parts.length === 0 ? undefined : allOf(parts)), nowMs, limit: flags.limit}
}

/** @throws QtoolError (usage) for a text that is no id of a group, such as its place in a table */
function parseGroup(text: string): Expression {
  const id = text.toLowerCase()
  if (isGroupId(id)) return {kind: 'is', field: 'group', pattern: [id]}
  throw usageError(
    `expected --group to be the id of a group, of six letters and digits, got ${JSON.stringify(text)}`,
    '"qtool dlq list" shows the ids; a group keeps its id, whatever its place in the table',
  )
}

function timeOf(flag: string, operator: Bound, text: string | undefined, nowMs: number) {
  if (text === undefined) return undefined
  return {kind: 'bound' as const, field: 'time', operator, limit: parseMoment(flag, text, nowMs)}
}

/** @throws QtoolError (usage) for times at which nothing can have failed */
function assertTimes(flags: FilterFlags, times: {since?: number; before?: number; now: number}): void {
  const {since, before, now} = times
  if (since !== undefined && since > now) {
    throw usageError(
      `--since must be in the past, got ${flags.since}; by the clock of Redis it is ${new Date(now).toISOString()}`,
    )
  }
  if (since !== undefined && before !== undefined && since >= before) {
    throw usageError(
      `no dead letter can match both --since ${flags.since} and --older-than ${flags['older-than']}`,
      '--since is the earlier of the two: --since 7d --older-than 1d',
    )
  }
}

/** The filter flags, by name. */
export const FILTER_FLAGS = [
  'where',
  'reason',
  'code',
  'column',
  'constraint',
  'group',
  'since',
  'older-than',
  'match',
  'id',
  'limit',
] as const satisfies ReadonlyArray<keyof FilterFlags>

/** The filter as it would be typed again, for the audit and for messages. */
export function describeFilter(flags: FilterFlags): string {
  const parts = FILTER_FLAGS.flatMap((name) => {
    const value = flags[name]
    return value === undefined ? [] : [value].flat().map((one) => `--${name} ${shellWord(String(one))}`)
  })
  return parts.join(' ') || 'all'
}

/** The first filter flag that was typed; undefined where all dead letters are meant. */
export function firstFilterFlag(flags: FilterFlags): string | undefined {
  return FILTER_FLAGS.find((name) => flags[name] !== undefined)
}
