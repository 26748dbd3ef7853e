import {QtoolError} from '../errors.ts'
import {didYouMean} from '../nearest.ts'
import {PAYLOAD_KINDS, type PayloadKind} from '../record/payload/payload.ts'
import {type Conflict, profileConflict} from './conflict.ts'
import type {RecordMapping} from './mapping/mapping.ts'
import {profileMapping} from './mapping/profile-mapping.ts'
import {ENGINE_KINDS, LIST_ENDS, type QueueSaid} from './queue-said.ts'

/** Named settings. URLs may be `${VARIABLE}`, read when they are used. */
export interface Profile extends Partial<RecordMapping>, Conflict {
  name: string
  mode: 'normal' | 'production' | 'read-only'
  redisUrl?: string
  databaseUrl?: string
  redisMaxConnections?: number
  durability?: string
  minReplicas?: number
  queue?: string
  /** The key of its ready items. */
  readyKey?: string
  engine?: QueueSaid['engine']
  listPops?: QueueSaid['listPops']
  table?: string
  records?: string
  payload?: PayloadKind
}

/** What the profile file holds. */
export interface ProfileBook {
  /** The profile used by default. */
  current?: string
  profiles: Profile[]
}

/** A profile as it is used, with each `${VARIABLE}` replaced. */
export interface ExpandedProfile extends Profile {
  /** URLs whose variable is not set, with the name of that variable. */
  unset: {redisUrl?: string; databaseUrl?: string}
}

export const PROFILE_MODES: ReadonlyArray<Profile['mode']> = ['normal', 'production', 'read-only']
const TEXTS = ['redisUrl', 'databaseUrl', 'queue', 'readyKey', 'table', 'records', 'durability'] as const
const NUMBERS = ['redisMaxConnections', 'minReplicas'] as const
const MAPPING = ['rename', 'map', 'camelCase', 'time', 'routes'] as const
const CONFLICT = ['key', 'onConflict', 'updateColumns', 'newestBy', 'opField', 'softDelete'] as const
/** Fields that hold one of some words. */
const WORDS = {payload: PAYLOAD_KINDS, engine: ENGINE_KINDS, listPops: LIST_ENDS}

/** The fields of a profile. */
export const PROFILE_FIELDS = [
  'name',
  'mode',
  ...Object.keys(WORDS),
  ...NUMBERS,
  ...TEXTS,
  ...MAPPING,
  ...CONFLICT,
]

/**
 * Checks what a profile file holds. People edit it by hand, so anything unknown is an error: a misspelt "production"
 * must not leave a profile unprotected.
 * @param path - for messages
 */
export function bookOf(file: unknown, path: string): ProfileBook {
  if (!isObject(file) || !Array.isArray(file.profiles)) throw badFile(path, 'a list "profiles"')
  assertKnown(file, ['$schema', 'current', 'profiles'], 'the file', path)
  const profiles = file.profiles.map((profile: unknown) => parseProfile(profile, path))
  const {current, $schema} = file
  if ($schema !== undefined && typeof $schema !== 'string') throw badFile(path, '"$schema" as a text')
  if (current !== undefined && typeof current !== 'string') throw badFile(path, '"current" as a name')
  return {current, profiles}
}

function parseProfile(found: unknown, path: string): Profile {
  if (!isObject(found) || typeof found.name !== 'string') throw badFile(path, 'a "name" in every profile')
  const {name, mode} = found
  const where = `profile ${JSON.stringify(name)}`
  assertKnown(found, PROFILE_FIELDS, where, path)
  const knownMode = PROFILE_MODES.find((known) => known === (mode === undefined ? 'normal' : mode))
  if (!knownMode) throw badFile(path, `"mode" of ${where} to be one of ${PROFILE_MODES.join(', ')}`)
  const profile: Profile = {name, mode: knownMode}
  for (const field of TEXTS) {
    const value = found[field]
    if (value === undefined) continue
    if (typeof value !== 'string' || value === '') throw badFile(path, `"${field}" of ${where} to be a text`)
    profile[field] = value
  }
  for (const field of NUMBERS) {
    const value = found[field]
    if (value === undefined) continue
    if (typeof value !== 'number') throw badFile(path, `"${field}" of ${where} to be a number`)
    profile[field] = value
  }
  profile.payload = wordOf(found, 'payload', where, path)
  profile.engine = wordOf(found, 'engine', where, path)
  profile.listPops = wordOf(found, 'listPops', where, path)
  const expected = (field: string, what: string) => badFile(path, `"${field}" of ${where} ${what}`)
  return {
    ...profile,
    ...profileMapping(found, expected, `${where} in ${path}`),
    ...profileConflict(found, expected),
  }
}

function wordOf<F extends keyof typeof WORDS>(
  found: Record<string, unknown>,
  field: F,
  where: string,
  path: string,
): (typeof WORDS)[F][number] | undefined {
  const value = found[field]
  const word = WORDS[field].find((known) => known === value)
  if (word !== undefined || value === undefined) return word
  throw badFile(path, `"${field}" of ${where} to be one of ${WORDS[field].join(', ')}`)
}

function assertKnown(found: object, known: string[], where: string, path: string): void {
  const unknown = Object.keys(found).find((field) => !known.includes(field))
  if (unknown === undefined) return
  throw badFile(
    path,
    `only ${known.join(', ')} in ${where}, not ${JSON.stringify(unknown)},`,
    didYouMean(unknown, known),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @param hints what to look at first */
export function badFile(path: string, expected: string, hints: string[] = []): QtoolError {
  return new QtoolError(`expected ${expected} in ${path}`, {
    code: 'BAD_PROFILES',
    kind: 'usage',
    suggestions: [
      ...hints,
      'fix the file, or move it away and add the profiles again with qtool profiles add',
    ],
  })
}
