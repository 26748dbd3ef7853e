import {type QtoolError, usageError} from '../errors.ts'
import {CONFLICT_WAYS, type ConflictOptions, type OnConflict} from '../record/conflict.ts'
import {readVariable} from './empty-values.ts'
import {canonicalSource} from './mapping/parse-map.ts'
import {splitNames} from './table-columns.ts'

/** How records meet the rows that have their keys; what is left out was not said. */
export interface Conflict extends ConflictOptions {
  /** Columns of the key. */
  key?: string[]
}

/** Flags of that; undefined if the flag was not given. */
export interface ConflictFlags {
  key?: string
  'on-conflict'?: string
  'update-columns'?: string
  'newest-by'?: string
  'op-field'?: string
  'soft-delete'?: string
}

/** The parts that are one text each: their flags and variables. */
const TEXTS = {
  newestBy: {flag: 'newest-by', variable: 'QTOOL_NEWEST_BY'},
  opField: {flag: 'op-field', variable: 'QTOOL_OP_FIELD'},
  softDelete: {flag: 'soft-delete', variable: 'QTOOL_SOFT_DELETE'},
} as const

type Text = keyof typeof TEXTS
const TEXT_NAMES = Object.keys(TEXTS) as Text[]

/** Flag > environment > profile, part by part. @throws QtoolError (usage) */
export function conflictSettings({
  flags,
  env,
  profile,
}: {
  flags: ConflictFlags
  env: NodeJS.ProcessEnv
  profile?: Conflict & {name: string}
}): Conflict {
  const ofEnv = (name: string) => readVariable(env, name)
  const said = saidConflict(flags)
  const set: Conflict = {
    key: columnsIn(ofEnv('QTOOL_KEY'), 'QTOOL_KEY'),
    onConflict: wayOf(ofEnv('QTOOL_ON_CONFLICT'), 'QTOOL_ON_CONFLICT'),
    updateColumns: columnsIn(ofEnv('QTOOL_UPDATE_COLUMNS'), 'QTOOL_UPDATE_COLUMNS'),
    ...textsOf((name) => written(name, ofEnv(TEXTS[name].variable), TEXTS[name].variable)),
  }
  const whereOf = (part: 'key' | 'updateColumns' | Text, variable: string) => {
    if (said[part] !== undefined) return undefined
    if (set[part] !== undefined) return variable
    return profile?.[part] === undefined ? undefined : `${part} of profile ${JSON.stringify(profile.name)}`
  }
  return {
    key: said.key ?? set.key ?? profile?.key,
    onConflict: said.onConflict ?? set.onConflict ?? profile?.onConflict,
    updateColumns: said.updateColumns ?? set.updateColumns ?? profile?.updateColumns,
    ...textsOf((name) => said[name] ?? set[name] ?? profile?.[name]),
    where: {
      key: whereOf('key', 'QTOOL_KEY'),
      updateColumns: whereOf('updateColumns', 'QTOOL_UPDATE_COLUMNS'),
      ...textsOf((name) => whereOf(name, TEXTS[name].variable)),
    },
  }
}

/** What flags say. @throws QtoolError (usage) */
export function saidConflict(flags: ConflictFlags): Conflict {
  return {
    key: columnsIn(flags.key, '--key'),
    onConflict: wayOf(flags['on-conflict'], '--on-conflict'),
    updateColumns: columnsIn(flags['update-columns'], '--update-columns'),
    ...textsOf((name) => written(name, flags[TEXTS[name].flag], `--${TEXTS[name].flag}`)),
  }
}

/** What a profile says. @param expected the error for something that is not as it should be */
export function profileConflict(
  found: Record<string, unknown>,
  expected: (field: string, what: string) => QtoolError,
): Conflict {
  const said: Conflict = {}
  for (const field of ['key', 'updateColumns'] as const) {
    const value = found[field]
    if (value === undefined) continue
    if (!isNames(value)) throw expected(field, 'to be a list of columns')
    said[field] = value
  }
  const {onConflict} = found
  if (onConflict !== undefined) {
    said.onConflict = CONFLICT_WAYS.find((way) => way === onConflict)
    if (!said.onConflict) throw expected('onConflict', `to be one of ${CONFLICT_WAYS.join(', ')}`)
  }
  for (const name of TEXT_NAMES) {
    const value = found[name]
    if (value === undefined) continue
    const what = name === 'opField' ? 'to be the path of a field' : 'to be a column'
    if (typeof value !== 'string' || value === '') throw expected(name, what)
    said[name] = written(name, value, name)
  }
  return said
}

/** What was said, with the rest taken from what a queue is bound to. */
export function withBoundConflict(said: Conflict, bound: Conflict): Conflict {
  const key = said.key ?? bound.key
  const onConflict = said.onConflict ?? bound.onConflict
  const {where} = said
  if (onConflict !== 'update') return {...conflictIn({...said, key, onConflict}), where}
  const {updateColumns = bound.updateColumns} = said
  const texts = textsOf((name) => said[name] ?? bound[name])
  return {...conflictIn({key, onConflict, updateColumns, ...texts}), where}
}

/** The part of some settings that says this; what says nothing is left out. */
export function conflictIn({key, onConflict, updateColumns, ...texts}: Conflict): Conflict {
  return {
    ...(key ? {key} : {}),
    ...(onConflict === 'update' ? {onConflict} : {}),
    ...(updateColumns ? {updateColumns} : {}),
    ...textsOf((name) => texts[name]),
  }
}

/** The flags that say the same; the same words for the same thing. */
export function conflictFlags({key, onConflict, updateColumns, ...texts}: Conflict): string[] {
  return [
    ...(key ? [`--key ${key.join(',')}`] : []),
    ...(onConflict === 'update' ? ['--on-conflict update'] : []),
    ...(updateColumns ? [`--update-columns ${updateColumns.join(',')}`] : []),
    ...Object.entries(textsOf((name) => texts[name])).map(
      ([name, text]) => `--${TEXTS[name as Text].flag} ${text}`,
    ),
  ]
}

export function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string')
}

/** The texts that something says, and no others. */
export function textsOf(textOf: (name: Text) => string | undefined): Partial<Record<Text, string>> {
  const said = TEXT_NAMES.map((name) => [name, textOf(name)] as const)
  return Object.fromEntries(said.filter(([, text]) => text !== undefined))
}

/** A text in the one way that it is written. @throws QtoolError (usage) */
function written(name: Text, text: string | undefined, where: string): string | undefined {
  if (name !== 'opField' || text === undefined) return text
  return canonicalSource(text, `${where} ${text}`)
}

function columnsIn(text: string | undefined, where: string): string[] | undefined {
  return text === undefined ? undefined : splitNames(text, where)
}

function wayOf(text: string | undefined, where: string): OnConflict | undefined {
  if (text === undefined) return undefined
  const way = CONFLICT_WAYS.find((known) => known === text)
  if (way) return way
  throw usageError(`expected ${where} to be one of ${CONFLICT_WAYS.join(', ')}, got ${JSON.stringify(text)}`)
}
