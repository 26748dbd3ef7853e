import {chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {
  assertProfileName,
  expandProfile,
  findProfile,
  profilePath,
  readProfiles,
  writeProfiles,
} from '../../src/config/profiles.ts'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qtool-profiles-'))
  path = join(folder, 'deep', 'profiles.json')
})

afterEach(() => rm(folder, {recursive: true}))

const secret = {name: 'prod', mode: 'normal', redisUrl: 'redis://:s3cret@h'} as const

describe('the file', () => {
  it('is for its owner alone, and holds what was written', async () => {
    await writeProfiles(path, {current: 'prod', profiles: [secret]})
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readProfiles(path)).toEqual({current: 'prod', profiles: [secret]})
  })

  it('is replaced whole, and no draft stays behind', async () => {
    await writeProfiles(path, {profiles: [secret]})
    await writeProfiles(path, {profiles: []})
    expect(await readdir(join(folder, 'deep'))).toEqual(['profiles.json'])
    expect(await readProfiles(path)).toEqual({profiles: []})
  })

  it('stays a link where it is one', async () => {
    const target = join(folder, 'real.json')
    const link = join(folder, 'link.json')
    await writeFile(target, '{"profiles": []}')
    await symlink(target, link)
    await writeProfiles(link, {profiles: [secret]})
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    expect(JSON.parse(await readFile(target, 'utf8')).profiles).toEqual([secret])
  })

  it('that is missing holds no profiles', async () => {
    expect(await readProfiles(path)).toEqual({profiles: []})
  })

  it.each([0o644, 0o640, 0o604])(
    'with a password is refused at mode %o, with the chmod to run',
    async (mode) => {
      await writeProfiles(path, {profiles: [secret]})
      await chmod(path, mode)
      await expect(readProfiles(path)).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringContaining(`but its mode is ${mode.toString(8)}`),
        suggestions: [`chmod 600 ${path}`],
      })
    },
  )

  it('without a password may be open to others', async () => {
    await writeProfiles(path, {profiles: [{name: 'a', mode: 'normal', redisUrl: '${' + 'A}'}]})
    await chmod(path, 0o644)
    expect((await readProfiles(path)).profiles).toHaveLength(1)
  })

  it.each([
    ['neither JSON nor YAML', '{"redisUrl": "redis://:s3cret@h"', 'expected JSON or YAML in'],
    ['a list', '[]', 'expected a list "profiles" in'],
    ['a nameless profile', '{"profiles": [{}]}', 'expected a "name" in every profile in'],
    [
      'a misspelt mode',
      '{"profiles": [{"name": "a", "mode": "prodution"}]}',
      'expected "mode" of profile "a" to be',
    ],
    [
      'a field of another name',
      '{"profiles": [{"name": "a", "redisURL": "redis://:s3cret@h"}]}',
      'in profile "a", not "redisURL", in',
    ],
    ['another field beside the list', '{"default": "a", "profiles": []}', 'not "default", in'],
    [
      'a number as URL',
      '{"profiles": [{"name": "a", "redisUrl": 5}]}',
      'expected "redisUrl" of profile "a" to be',
    ],
    [
      'odd renames',
      '{"profiles": [{"name": "a", "rename": {"b": 1}}]}',
      'expected "rename" of profile "a" to',
    ],
  ])('that holds %s is named, and not quoted', async (_title, text, message) => {
    const file = join(folder, 'profiles.json')
    await writeFile(file, text, {mode: 0o600})
    const failure = readProfiles(file)
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.not.toThrow('s3cret')
  })
})

describe('profilePath', () => {
  it.each([
    [{QTOOL_CONFIG: '/a/b.json', XDG_CONFIG_HOME: '/x', HOME: '/h'}, '/a/b.json'],
    [{XDG_CONFIG_HOME: '/x', HOME: '/h'}, '/x/qtool/profiles.json'],
    [{HOME: '/h'}, '/h/.config/qtool/profiles.json'],
  ])('of %j is %s', (env, wanted) => {
    expect(profilePath(env)).toBe(wanted)
  })
})

describe('names', () => {
  it.each(['prod', 'eu-1', 'A.b_c'])('may be %s', (name) => {
    expect(assertProfileName(name)).toBe(name)
  })

  it.each(['__proto__', '', '-a', 'a b', '../x', 'a/b', 'x'.repeat(65), 'a\u001b[31m'])(
    'may not be %j',
    (name) => {
      expect(() => assertProfileName(name)).toThrow('expected a profile name')
    },
  )

  it('of the prototype name no profile', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(() => findProfile({profiles: [secret]}, name)).toThrow('profiles: prod')
    }
  })
})

describe('expandProfile', () => {
  const reference = {name: 'prod', mode: 'normal', redisUrl: '${' + 'THE_URL}'} as const

  it('reads the variable that is the whole value', () => {
    expect(expandProfile(reference, {THE_URL: 'redis://x'})).toMatchObject({redisUrl: 'redis://x', unset: {}})
  })

  it('names a variable that is not set', () => {
    const expanded = expandProfile(reference, {})
    expect(expanded.redisUrl).toBeUndefined()
    expect(expanded.unset).toEqual({redisUrl: 'THE_URL'})
  })

  it('leaves a variable inside other text alone', () => {
    const inside = {...reference, redisUrl: 'redis://$' + '{THE_URL}@h'}
    expect(expandProfile(inside, {THE_URL: 'x'}).redisUrl).toBe(inside.redisUrl)
  })
})
