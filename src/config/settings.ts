import {usageError} from '../errors.ts'
import type {PayloadKind} from '../record/payload/payload.ts'
import {type Conflict, type ConflictFlags, conflictSettings} from './conflict.ts'
import {type Durability, readDurability} from './durability.ts'
import {readVariable} from './empty-values.ts'
import type {RecordMapping} from './mapping/mapping.ts'
import {linesOf, mappingSettings} from './mapping/mapping-settings.ts'
import {tableOrRoutes} from './mapping/table-or-routes.ts'
import {namedPayload, usuallyPops} from './payload-setting.ts'
import type {ExpandedProfile, Profile} from './profile.ts'
import type {QueueAddress, QueueSaid} from './queue-said.ts'
import {queueSettings} from './queue-setting.ts'
import type {Setting, SettingSource} from './setting.ts'

/** The effective settings, each with its source. */
export interface Settings extends RecordMapping {
  /** The profile in force, if any; `named` when this call asked for it with --profile. */
  profile?: {name: string; mode: Profile['mode']; named: boolean}
  redisUrl?: Setting<string>
  databaseUrl?: Setting<string>
  redisMaxConnections: Setting<number>
  queue: Setting<string>
  /** What was set for that queue. */
  said: QueueSaid
  table: Setting<string>
  /** Path of the records inside an envelope. */
  records: Setting<string>
  /** Who wrote the items of the queue. */
  payload: Setting<PayloadKind>
  /** How records meet the rows that have their keys. */
  conflict: Conflict
  /** Where a command that only reads reads from. */
  readFrom: 'primary' | 'replica'
  /** When what is enqueued, or settled by a worker, counts as kept. */
  durability: Durability
  /** For each URL that the profile takes from a variable which is not set: the name of that variable. */
  unset: {redisUrl?: string; databaseUrl?: string}
}

/** Values of the flags of a command; undefined if the flag was not given. */
export interface SettingFlags extends ConflictFlags {
  profile?: string
  'redis-url'?: string
  'database-url'?: string
  queue?: string
  'redis-key'?: string
  engine?: QueueSaid['engine']
  'list-pops'?: QueueSaid['listPops']
  table?: string
  records?: string
  payload?: string
  rename?: string[]
  map?: string[]
  'camel-case'?: boolean
  time?: string[]
  route?: string[]
  durability?: string
  'min-replicas'?: string
  'read-from'?: string
}

export interface SettingInputs {
  flags: SettingFlags
  env: NodeJS.ProcessEnv
  /** The profile that the flag, QTOOL_PROFILE or `profiles use` names. */
  profile?: ExpandedProfile
  /** URLs of the local stack, when it runs. */
  stack?: {redisUrl: string; databaseUrl: string}
}

/** Flag > environment > profile > running local stack > default, field by field. Reads nothing itself. */
export function resolveSettings(inputs: SettingInputs): Settings {
  const {flags, env, profile, stack} = inputs
  const {queue, said} = queueSettings(inputs)
  const pick = (flag?: string, variable?: string, ofProfile?: string, ofStack?: string) =>
    setting('flag', flag) ??
    setting('environment', variable && readVariable(env, variable)) ??
    setting('profile', ofProfile) ??
    setting('stack', ofStack)
  const unset = profile?.unset ?? {}
  const payload = payloadOf(pick(flags.payload, 'QTOOL_PAYLOAD', profile?.payload))
  // A user who names one server does not expect the other one to be that of the local stack.
  const local = {
    redisUrl: unset.redisUrl ? undefined : stack?.redisUrl,
    databaseUrl: unset.databaseUrl ? undefined : stack?.databaseUrl,
  }
  return {
    profile: profile && {name: profile.name, mode: profile.mode, named: flags.profile !== undefined},
    redisUrl: pick(flags['redis-url'], 'REDIS_URL', profile?.redisUrl, local.redisUrl),
    databaseUrl: pick(flags['database-url'], 'DATABASE_URL', profile?.databaseUrl, local.databaseUrl),
    unset,
    redisMaxConnections: readConnections(
      pick(undefined, 'REDIS_MAX_CONNECTIONS', profile?.redisMaxConnections?.toString()),
      profile?.name,
    ),
    queue,
    said: {...said, usuallyPops: said.usuallyPops ?? usuallyPops(payload.value)},
    table: {value: 'live_track_points', source: 'default'},
    ...tableOrRoutes(pick(flags.table, 'QTOOL_TABLE', profile?.table), routesOf(inputs)),
    records: pick(flags.records, 'QTOOL_RECORDS', profile?.records) ?? {value: 'points', source: 'default'},
    payload,
    ...mappingSettings(inputs),
    conflict: conflictSettings(inputs),
    readFrom: flags['read-from'] === 'replica' ? 'replica' : 'primary',
    durability: readDurability(
      named(pick(flags.durability, 'QTOOL_DURABILITY', profile?.durability), [
        '--durability',
        'QTOOL_DURABILITY',
        `durability of profile "${profile?.name}"`,
      ]),
      named(pick(flags['min-replicas'], 'QTOOL_MIN_REPLICAS', profile?.minReplicas?.toString()), [
        '--min-replicas',
        'QTOOL_MIN_REPLICAS',
        `minReplicas of profile "${profile?.name}"`,
      ]),
    ),
  }
}

/** A setting with the name of the place where it was set. */
function named(
  found: Setting<string> | undefined,
  [flag, variable, ofProfile]: [flag: string, variable: string, ofProfile: string],
): {value: string; where: string} | undefined {
  if (!found) return undefined
  const where = {flag, environment: variable, profile: ofProfile}[
    found.source as 'flag' | 'environment' | 'profile'
  ]
  return {value: found.value, where}
}

function routesOf({flags, env, profile}: SettingInputs): Setting<readonly string[]> | undefined {
  if (flags.route) return {value: flags.route, source: 'flag'}
  const lines = linesOf(env, 'QTOOL_ROUTE')
  if (lines) return {value: lines, source: 'environment'}
  return profile?.routes && {value: profile.routes, source: 'profile'}
}

function payloadOf(found: Setting<string> | undefined): Setting<PayloadKind> {
  return found ? {...found, value: namedPayload(found.value)} : {value: 'json', source: 'default'}
}

/** The queue that the settings are about. */
export function addressOf({queue, said}: Settings): QueueAddress {
  return {name: queue.value, ...said}
}

/** The same settings for another queue. */
export function withQueueName(settings: Settings, name: string): Settings {
  return {...settings, queue: {value: name, source: 'flag'}, said: {}}
}

function setting(source: SettingSource, value: string | undefined): Setting<string> | undefined {
  return value === undefined ? undefined : {value, source}
}

function readConnections(found: Setting<string> | undefined, profile: string | undefined): Setting<number> {
  if (!found) return {value: 50, source: 'default'}
  const value = /^\d+$/.test(found.value) ? Number(found.value) : 0
  if (Number.isSafeInteger(value) && value >= 1) return {value, source: found.source}
  const name =
    found.source === 'profile' ? `redisMaxConnections of profile "${profile}"` : 'REDIS_MAX_CONNECTIONS'
  throw usageError(`expected ${name} to be a whole number of at least 1, got ${JSON.stringify(found.value)}`)
}
