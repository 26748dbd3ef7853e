import {describe, expect, it} from 'vitest'
import type {ExpandedProfile} from '../../src/config/profile.ts'
import {requireUrl} from '../../src/config/require-url.ts'
import {resolveSettings, type SettingInputs} from '../../src/config/settings.ts'
import {assertWritable} from '../../src/config/writable.ts'

const profile: ExpandedProfile = {
  name: 'prod',
  mode: 'normal',
  redisUrl: 'redis://profile',
  databaseUrl: 'postgres://profile',
  redisMaxConnections: 7,
  queue: 'profile_queue',
  table: 'profile_table',
  records: 'profile.records',
  rename: {a: 'b'},
  unset: {},
}
const everything: Required<SettingInputs> = {
  flags: {'redis-url': 'redis://flag', 'database-url': 'postgres://flag', queue: 'flag_queue'},
  env: {
    REDIS_URL: 'redis://env',
    DATABASE_URL: 'postgres://env',
    REDIS_MAX_CONNECTIONS: '9',
    QTOOL_QUEUE: 'env_queue',
    QTOOL_TABLE: 'env_table',
    QTOOL_RECORDS: 'env.records',
  },
  profile,
  stack: {redisUrl: 'redis://stack', databaseUrl: 'postgres://stack'},
}

describe('resolveSettings', () => {
  it('takes a flag before the environment, the profile and the stack', () => {
    const settings = resolveSettings(everything)
    expect(settings.redisUrl).toEqual({value: 'redis://flag', source: 'flag'})
    expect(settings.databaseUrl).toEqual({value: 'postgres://flag', source: 'flag'})
    expect(settings.queue).toEqual({value: 'flag_queue', source: 'flag'})
  })

  it('decides field by field', () => {
    const settings = resolveSettings({
      ...everything,
      flags: {'redis-url': 'redis://flag'},
      env: {DATABASE_URL: 'postgres://env'},
    })
    expect(settings.redisUrl?.source).toBe('flag')
    expect(settings.databaseUrl?.source).toBe('environment')
    expect(settings.redisMaxConnections).toEqual({value: 7, source: 'profile'})
    expect(settings.queue).toEqual({value: 'profile_queue', source: 'profile'})
    expect(settings.rename).toEqual({a: 'b'})
  })

  it('takes the environment before the profile', () => {
    const settings = resolveSettings({...everything, flags: {}})
    expect(settings.redisUrl).toEqual({value: 'redis://env', source: 'environment'})
    expect(settings.redisMaxConnections).toEqual({value: 9, source: 'environment'})
    expect(settings.table).toEqual({value: 'env_table', source: 'environment'})
    expect(settings.records).toEqual({value: 'env.records', source: 'environment'})
  })

  it('knows who wrote the items of a queue, and refuses a name of nobody', () => {
    const of = (flag?: string, variable?: string, payload?: ExpandedProfile['payload']) =>
      resolveSettings({
        flags: {payload: flag},
        env: variable === undefined ? {} : {QTOOL_PAYLOAD: variable},
        profile: {...profile, payload},
      }).payload
    expect(of()).toEqual({value: 'json', source: 'default'})
    expect(of(undefined, undefined, 'rq')).toEqual({value: 'rq', source: 'profile'})
    expect(of(undefined, 'celery', 'rq')).toEqual({value: 'celery', source: 'environment'})
    expect(of('bullmq', 'celery')).toEqual({value: 'bullmq', source: 'flag'})
    expect(() => of(undefined, 'resque')).toThrow(
      'to be one of json, bullmq, celery, laravel, rq, sidekiq, got "resque"',
    )
  })

  it('takes the stack where nothing else is said', () => {
    const settings = resolveSettings({flags: {}, env: {}, stack: everything.stack})
    expect(settings.redisUrl).toEqual({value: 'redis://stack', source: 'stack'})
    expect(settings.profile).toBeUndefined()
  })

  it('has defaults for all but the servers', () => {
    const settings = resolveSettings({flags: {}, env: {}})
    expect(settings.redisUrl).toBeUndefined()
    expect(settings.databaseUrl).toBeUndefined()
    expect(settings.redisMaxConnections).toEqual({value: 50, source: 'default'})
    expect(settings.queue).toEqual({value: 'live_points', source: 'default'})
    expect(settings.records).toEqual({value: 'points', source: 'default'})
  })

  it('takes nothing else where a variable is set to nothing, unless a flag says what is meant', () => {
    const env = {REDIS_URL: ''}
    expect(() => resolveSettings({flags: {}, env, profile})).toThrow('REDIS_URL is set but empty')
    const flags = {'redis-url': 'redis://flag'}
    expect(resolveSettings({flags, env, profile}).redisUrl?.source).toBe('flag')
  })

  it.each(['abc', '0', '-1', '1.5', '1e3', '0x10', ' 5', '99999999999999999999'])(
    'refuses %j connections',
    (text) => {
      expect(() => resolveSettings({flags: {}, env: {REDIS_MAX_CONNECTIONS: text}})).toThrow(
        `expected REDIS_MAX_CONNECTIONS to be a whole number of at least 1, got ${JSON.stringify(text)}`,
      )
    },
  )

  it('names the profile whose number is wrong', () => {
    const wrong = {...profile, redisMaxConnections: 0.5}
    expect(() => resolveSettings({flags: {}, env: {}, profile: wrong})).toThrow(
      'expected redisMaxConnections of profile "prod" to be a whole number of at least 1, got "0.5"',
    )
  })
})

describe('requireUrl', () => {
  it('names all four places where a URL could come from', () => {
    const settings = resolveSettings({flags: {}, env: {}})
    const wanted = {code: 'NO_SETTING', kind: 'usage', suggestions: expect.any(Array)}
    expect(() => requireUrl(settings, 'redisUrl')).toThrow(expect.objectContaining(wanted))
    try {
      requireUrl(settings, 'databaseUrl')
    } catch (error) {
      const text = JSON.stringify((error as {suggestions: string[]}).suggestions)
      for (const place of ['--database-url', 'DATABASE_URL', 'profiles', 'qtool up'])
        expect(text).toContain(place)
    }
  })

  it('names the variable of the profile that is not set, and does not fall back to the stack', () => {
    const settings = resolveSettings({
      flags: {},
      env: {},
      profile: {name: 'prod', mode: 'normal', unset: {redisUrl: 'PROD_REDIS'}},
      stack: everything.stack,
    })
    expect(() => requireUrl(settings, 'redisUrl')).toThrow(
      'PROD_REDIS is not set; profile "prod" takes its Redis URL from it',
    )
    expect(requireUrl(settings, 'databaseUrl')).toBe('postgres://stack')
  })
})

describe('assertWritable', () => {
  const settingsOf = (mode: ExpandedProfile['mode'], flags = {}, env = {}) =>
    resolveSettings({flags, env, profile: {...profile, mode}})
  const bothUrls = {'redis-url': 'redis://h', 'database-url': 'postgres://h'}

  it.each([
    ['no profile', resolveSettings({flags: {}, env: {}, stack: everything.stack})],
    ['a normal profile', settingsOf('normal')],
    ['production that --profile names', settingsOf('production', {profile: 'prod'})],
    ['production when both URLs are flags of this call', settingsOf('production', bothUrls)],
    ['read-only when both URLs are flags of this call', settingsOf('read-only', bothUrls)],
  ])('lets %s be written', (_title, settings) => {
    expect(() => assertWritable(settings)).not.toThrow()
  })

  it.each([
    ['production that only "use" or QTOOL_PROFILE names', settingsOf('production'), 'PRODUCTION'],
    ['production when one URL is a flag', settingsOf('production', {'redis-url': 'redis://h'}), 'PRODUCTION'],
    [
      'production when the URLs are of the environment',
      settingsOf('production', {}, everything.env),
      'PRODUCTION',
    ],
    ['read-only', settingsOf('read-only'), 'READ_ONLY'],
    ['read-only that --profile names', settingsOf('read-only', {profile: 'prod'}), 'READ_ONLY'],
  ])('refuses %s', (_title, settings, code) => {
    expect(() => assertWritable(settings)).toThrow(expect.objectContaining({code, kind: 'refused'}))
  })
})

describe('a mapping', () => {
  const profile = {
    ...({name: 'p', mode: 'normal', unset: {}} as const),
    ...{rename: {k: 'r'}, map: {a: 'x'}, camelCase: true, time: {at: 's'} as const},
  }
  const env = {QTOOL_MAP: 'a=y.z\n\nb="c=d"', QTOOL_CAMEL_CASE: '0', QTOOL_TIME: 'at=ms'}
  const settled = (inputs: Partial<SettingInputs>) => {
    const {rename, map, camelCase, time} = resolveSettings({flags: {}, env: {}, ...inputs})
    return {rename, map, camelCase, time}
  }

  it('comes from flags, variables and the profile, part by part', () => {
    const ofProfile = {rename: {k: 'r'}, map: {a: 'x'}, camelCase: true, time: {at: 's'}}
    expect(settled({profile})).toEqual(ofProfile)
    const ofEnv = {map: {a: 'y.z', b: '"c=d"'}, camelCase: false, time: {at: 'ms'}}
    expect(settled({profile, env})).toEqual({...ofProfile, ...ofEnv})
    expect(settled({profile, env, flags: {map: ['a=$.f']}})).toEqual({...ofProfile, ...ofEnv, map: {a: 'f'}})
    expect(settled({})).toEqual({rename: {}})
  })

  it.each([
    [{QTOOL_MAP: 'a'}, 'expected QTOOL_MAP to be COLUMN=SOURCE, got "a"'],
    [{QTOOL_TIME: 'a=min'}, 'expected QTOOL_TIME to be COLUMN=UNIT'],
    [{QTOOL_CAMEL_CASE: 'yes'}, 'expected QTOOL_CAMEL_CASE to be 1 or 0, got "yes"'],
  ])('of %j is refused', (wrong, message) => {
    expect(() => settled({env: wrong})).toThrow(message)
  })
})
