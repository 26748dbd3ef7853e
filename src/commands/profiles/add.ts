import {Args, Flags} from '@oclif/core'
import {QtoolCommand} from '../../cli/command.ts'
import {
  conflictFlags,
  durabilityFlags,
  engineFlag,
  mappingFlags,
  payloadFlag,
  queueFlag,
} from '../../cli/shared-flags.ts'
import {saidConflict} from '../../config/conflict.ts'
import {readDurability} from '../../config/durability.ts'
import {addProfile} from '../../config/edit-profiles.ts'
import {saidMapping} from '../../config/mapping/mapping-settings.ts'
import {tableOrRoutes} from '../../config/mapping/table-or-routes.ts'
import type {Profile} from '../../config/profile.ts'
import {profilePath, variableOf} from '../../config/profiles.ts'
import {assertQueueName} from '../../config/queue-name.ts'
import {hasPassword} from '../../config/secrets.ts'
import {parseRedisUrl} from '../../redis/url.ts'

export default class ProfilesAdd extends QtoolCommand<Profile> {
  static override summary = 'Save settings under a name.'
  static override description =
    `A URL may be \${VARIABLE}: it is then read from the environment each time, so that no password is stored.`
  static override examples = [
    `<%= config.bin %> profiles add staging --redis-url redis://cache:6379 --database-url '\${STAGING_DATABASE_URL}'`,
    `<%= config.bin %> profiles add prod --redis-url '\${PROD_REDIS_URL}' --production`,
  ]
  static override args = {
    name: Args.string({required: true, ignoreStdin: true, description: 'Name of the profile.'}),
  }
  static override flags = {
    'redis-url': Flags.string({summary: 'Redis URL.', helpValue: 'URL'}),
    'database-url': Flags.string({summary: 'Postgres URL.', helpValue: 'URL'}),
    'max-connections': Flags.integer({min: 1, summary: 'Most connections to Redis that one process opens.'}),
    queue: Flags.string({char: 'q', summary: 'Queue to work on.', helpValue: 'NAME'}),
    'redis-key': queueFlag['redis-key'],
    engine: engineFlag.engine,
    'list-pops': queueFlag['list-pops'],
    table: Flags.string({summary: 'Table to write into.', helpValue: 'NAME'}),
    records: Flags.string({summary: 'Path of the records in an envelope.', helpValue: 'PATH'}),
    ...payloadFlag,
    ...mappingFlags,
    ...conflictFlags,
    ...durabilityFlags,
    production: Flags.boolean({
      summary: 'Refuse writes unless --profile names this profile.',
      exclusive: ['read-only'],
    }),
    'read-only': Flags.boolean({summary: 'Refuse all writes.'}),
    replace: Flags.boolean({summary: 'Overwrite a profile of that name.'}),
  }

  async run(): Promise<Profile> {
    const {args, flags} = await this.parse(ProfilesAdd)
    const {maskProfile, renderProfile} = await import('../../render/profiles.ts')
    assertOneTarget(flags)
    const profile: Profile = {
      name: args.name,
      mode: flags.production ? 'production' : flags['read-only'] ? 'read-only' : 'normal',
      redisUrl: flags['redis-url'],
      databaseUrl: flags['database-url'],
      redisMaxConnections: flags['max-connections'],
      queue: flags.queue === undefined ? undefined : assertQueueName(flags.queue),
      readyKey: flags['redis-key'],
      engine: flags.engine,
      listPops: flags['list-pops'],
      table: flags.table,
      records: flags.records,
      payload: flags.payload,
      ...saidMapping(flags),
      ...saidConflict(flags),
      ...durabilityOf(flags),
    }
    await checkUrls(profile)
    if ([profile.redisUrl, profile.databaseUrl].some((url) => url !== undefined && hasPassword(url))) {
      this.note("the password is now in this shell's history; a variable as the URL keeps it out, see --help")
    }
    await addProfile(profilePath(process.env), profile, flags)
    this.log(renderProfile(maskProfile(profile)))
    return maskProfile(profile)
  }
}

/** @throws QtoolError (usage) if a command with this profile would refuse what it names */
function assertOneTarget({table, route}: {table?: string; route?: string[]}): void {
  const source = 'profile'
  tableOrRoutes(table === undefined ? undefined : {value: table, source}, route && {value: route, source})
}

/** @throws QtoolError (usage) */
function durabilityOf(flags: {
  durability?: string
  'min-replicas'?: string
}): Pick<Profile, 'durability' | 'minReplicas'> {
  const {durability: level, 'min-replicas': least} = flags
  if (level === undefined) return {}
  const {replicas} = readDurability(
    {value: level, where: '--durability'},
    least === undefined ? undefined : {value: least, where: '--min-replicas'},
  )
  return {durability: level, minReplicas: least === undefined ? undefined : replicas}
}

/** Checks URLs when they are saved; one from a variable is checked when it is used. */
async function checkUrls({redisUrl = '', databaseUrl = ''}: Profile): Promise<void> {
  const given = (url: string) => url !== '' && variableOf(url) === undefined
  if (given(redisUrl)) parseRedisUrl(redisUrl)
  if (!given(databaseUrl)) return
  const {planPool} = await import('../../postgres/pool-config.ts')
  planPool(databaseUrl, {max: 1}, process.env)
}
