import {chmod, mkdtemp, readFile, rm, stat} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import Migrate from '../../../src/commands/migrate.ts'
import ProfilesAdd from '../../../src/commands/profiles/add.ts'
import ProfilesList from '../../../src/commands/profiles/list.ts'
import ProfilesRemove from '../../../src/commands/profiles/remove.ts'
import ProfilesShow from '../../../src/commands/profiles/show.ts'
import ProfilesUse from '../../../src/commands/profiles/use.ts'
import {runCommand} from '../../support/run-command.ts'

let folder: string
let env: {QTOOL_CONFIG: string}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qtool-profiles-'))
  env = {QTOOL_CONFIG: join(folder, 'profiles.json')}
})

afterEach(() => rm(folder, {recursive: true}))

const add = (...argv: string[]) => runCommand(ProfilesAdd, argv, env)
const saved = async () => JSON.parse(await readFile(env.QTOOL_CONFIG, 'utf8'))

describe('profiles add', () => {
  it('keeps what it is given, for its owner alone, and shows no password', async () => {
    const {code, stdout, stderr} = await add(
      ...['staging', '--redis-url', 'redis://:s3cret@cache:6379', '--database-url', '$' + '{STAGING_DB}'],
      ...[
        '--max-connections',
        '7',
        '--queue',
        'orders',
        '--table',
        'public.orders',
        '--records',
        'data.items',
      ],
      ...['--rename', 'ts=datetime', '--rename', '__proto__=b'],
    )
    expect({code, stdout}).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('redis://:****@cache:6379'),
    })
    expect(stderr).toContain('history')
    expect(stdout + stderr).not.toContain('s3cret')
    expect((await stat(env.QTOOL_CONFIG)).mode & 0o777).toBe(0o600)
    const [profile] = (await saved()).profiles
    expect(profile).toMatchObject({
      name: 'staging',
      mode: 'normal',
      redisUrl: 'redis://:s3cret@cache:6379',
      databaseUrl: '$' + '{STAGING_DB}',
      redisMaxConnections: 7,
      queue: 'orders',
      table: 'public.orders',
      records: 'data.items',
    })
    expect(Object.entries(profile.rename)).toEqual([
      ['ts', 'datetime'],
      ['__proto__', 'b'],
    ])
  })

  it('says nothing about history where no password is given', async () => {
    expect((await add('a', '--redis-url', 'redis://h')).stderr).toBe('')
  })

  it('leaves a profile of that name alone, unless --replace', async () => {
    await add('a', '--queue', 'one')
    expect(await add('a', '--queue', 'two')).toMatchObject({code: 2, stdout: ''})
    expect((await saved()).profiles[0].queue).toBe('one')
    expect(await add('a', '--queue', 'two', '--replace')).toMatchObject({code: 0})
    expect((await saved()).profiles).toEqual([{name: 'a', mode: 'normal', queue: 'two'}])
  })

  it.each([
    ['a name that is none', ['__proto__']],
    ['a path as a name', ['../a']],
    ['a queue that is none', ['a', '--queue', 'a:b']],
    ['a rename without a column', ['a', '--rename', 'x']],
    ['a Redis URL that is none', ['a', '--redis-url', 'http://:s3cret@h']],
    ['a Postgres URL that is none', ['a', '--database-url', 'mysql://:s3cret@h/d']],
    ['two modes', ['a', '--production', '--read-only']],
  ])('refuses %s', async (_title, argv) => {
    const {code, stderr} = await add(...argv)
    expect(code).toBe(2)
    expect(stderr).not.toContain('s3cret')
    await expect(saved()).rejects.toThrow('ENOENT')
  })
})

describe('profiles list, show, use and remove', () => {
  beforeEach(async () => {
    await add('prod', '--redis-url', 'redis://:s3cret@h', '--production')
    await add('local', '--redis-url', 'redis://localhost')
  })

  it('list masks passwords and marks the one in use', async () => {
    await runCommand(ProfilesUse, ['local'], env)
    const {stdout} = await runCommand(ProfilesList, [], env)
    expect(stdout).toMatch(/\*\s+.*local/)
    expect(stdout).toContain('redis://:****@h')
    const {json} = await runCommand(ProfilesList, ['--json'], env)
    expect(json).toEqual({
      current: 'local',
      profiles: [
        {name: 'local', mode: 'normal', redisUrl: 'redis://localhost'},
        {name: 'prod', mode: 'production', redisUrl: 'redis://:****@h'},
      ],
    })
  })

  it('show masks passwords', async () => {
    const text = await runCommand(ProfilesShow, ['prod'], env)
    const json = await runCommand(ProfilesShow, ['prod', '--json'], env)
    expect(text.stdout).toContain('redis://:****@h')
    expect(json.json).toEqual({name: 'prod', mode: 'production', redisUrl: 'redis://:****@h'})
  })

  it('use warns of production', async () => {
    const {stdout, stderr} = await runCommand(ProfilesUse, ['prod'], env)
    expect(stdout).toBe('using profile prod\n')
    expect(stderr).toContain('--profile prod')
  })

  it('remove asks, and forgets that the profile was in use', async () => {
    await runCommand(ProfilesUse, ['prod'], env)
    expect(await runCommand(ProfilesRemove, ['prod'], env)).toMatchObject({code: 6})
    expect((await saved()).profiles).toHaveLength(2)
    const {code, json} = await runCommand(ProfilesRemove, ['prod', '--yes', '--json'], env)
    expect({code, json}).toEqual({code: 0, json: {removed: 'prod', current: null}})
    expect(await saved()).toEqual({
      $schema: expect.any(String),
      profiles: [expect.objectContaining({name: 'local'})],
    })
  })

  it.each([ProfilesShow, ProfilesUse, ProfilesRemove])('%o knows no other name', async (command) => {
    const {code, stderr} = await runCommand(command, ['nope'], env)
    expect({code, stderr}).toMatchObject({code: 2, stderr: expect.stringContaining('profiles: local, prod')})
  })

  it('a file with passwords that others can read is refused', async () => {
    await chmod(env.QTOOL_CONFIG, 0o644)
    const {code, stderr} = await runCommand(ProfilesList, [], env)
    expect({code, stderr}).toMatchObject({
      code: 6,
      stderr: expect.stringContaining(`chmod 600 ${env.QTOOL_CONFIG}`),
    })
  })
})

describe('a write', () => {
  const url = 'postgres://u:s3cret@127.0.0.1:1/x'
  const write = (argv: string[] = [], more = {}) => runCommand(Migrate, argv, {...env, ...more})

  it('to production needs --profile: neither "use" nor QTOOL_PROFILE is enough', async () => {
    await add('prod', '--database-url', url, '--production')
    await runCommand(ProfilesUse, ['prod'], env)
    expect(await write()).toMatchObject({code: 6, stderr: expect.stringContaining('--profile prod')})
    expect(await write([], {QTOOL_PROFILE: 'prod'})).toMatchObject({code: 6})
    expect(await write(['--profile', 'prod'])).toMatchObject({code: 4})
  })

  it('to a read-only profile is refused, also when it is named', async () => {
    await add('replica', '--database-url', url, '--read-only')
    expect(await write(['--profile', 'replica'])).toMatchObject({code: 6})
    expect(await write(['--profile', 'replica', '--json'])).toMatchObject({
      code: 6,
      json: {error: {code: 'READ_ONLY'}},
    })
  })

  it('through a variable that is not set names the variable', async () => {
    await add('prod', '--database-url', '$' + '{QTOOL_TEST_UNSET}')
    expect(await write(['--profile', 'prod'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('QTOOL_TEST_UNSET is not set'),
    })
    expect(await write(['--profile', 'prod'], {QTOOL_TEST_UNSET: url})).toMatchObject({code: 4})
  })
})

it('a table together with routes is refused when it is added, as when it is used', async () => {
  const both = await add('both', '--table', 'public.a', '--route', 'type=b:public.b')
  expect(both).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('a table and routes exclude each other'),
  })
})
