import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Ajv2020} from 'ajv/dist/2020.js'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {parse} from 'yaml'
import {addProfile, removeProfile, selectProfile} from '../../src/config/edit-profiles.ts'
import {bookOf, PROFILE_FIELDS} from '../../src/config/profile.ts'
import {ProfileFile} from '../../src/config/profile-shape.ts'
import {profilePath, readProfiles} from '../../src/config/profiles.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qtool-profile-text-'))
})

afterEach(() => rm(folder, {recursive: true}))

const YAML = `# ours
current: b
profiles:
  # the shop
  - name: b
    map: {city: customer.city} # where they live
    # in ms
    time: {at: ms}
  - name: c # another
    mode: read-only
# the end
`

describe('a profile file in YAML', () => {
  it('keeps its comments, its order and its form when it is edited', async () => {
    const path = join(folder, 'profiles.yaml')
    await writeFile(path, YAML)
    await addProfile(path, {name: 'a', mode: 'normal', queue: 'q'}, {replace: false})
    await selectProfile(path, 'c')
    expect(await readFile(path, 'utf8')).toBe(
      YAML.replace('current: b', 'current: c').replace(
        '# the end',
        '  - name: a\n    mode: normal\n    queue: q\n\n# the end',
      ),
    )
    const changed = {name: 'b', mode: 'normal', map: {city: 'customer.city'}, table: 't'} as const
    await addProfile(path, changed, {replace: true})
    await removeProfile(path, 'c')
    expect(await readFile(path, 'utf8')).toBe(`# ours
profiles:
  # the shop
  - name: b
    map: {city: customer.city} # where they live
    table: t
  - name: a
    mode: normal
    queue: q

# the end
`)
    expect((await readProfiles(path)).profiles.map(({name}) => name)).toEqual(['b', 'a'])
  })

  it('is read in place of the JSON file, with a mapping in it', async () => {
    const env = {XDG_CONFIG_HOME: folder}
    expect(profilePath(env)).toBe(join(folder, 'qtool', 'profiles.json'))
    await addProfile(profilePath(env), {name: 'old', mode: 'normal'}, {replace: false})
    await writeFile(join(folder, 'qtool', 'profiles.yaml'), YAML)
    expect(await readProfiles(profilePath(env))).toEqual({
      current: 'b',
      profiles: [
        {name: 'b', mode: 'normal', map: {city: 'customer.city'}, time: {at: 'ms'}},
        {name: 'c', mode: 'read-only'},
      ],
    })
  })

  it.each([
    ['map: {a: b..c}', 'p.yaml, map a: the source is no path at ".c"'],
    ['map: {a: ""}', 'profile "x" in '],
    ['map: {a: ""}', 'map a: the source is no path: it is empty'],
    [
      'map: {a: 5}',
      'expected "map" of profile "x" to give each column a source as a text, not 5 for "a", in',
    ],
    ['rename: {k: true}', 'a column, not true for "k", in'],
    ['time: {a: min}', 'expected "time" of profile "x" to give each column one of s, ms, us, ns in'],
    ['camelCase: "yes"', 'expected "camelCase" of profile "x" to be true or false in'],
    ['map: {a: b}\n    rename: {k: a}', 'both give the column "a"'],
    ['name: y', 'p.yaml, line 3'],
    ['name: y', 'expected each key once in'],
    ['- y', 'p.yaml, line 3'],
    ['- y', 'expected JSON or YAML in'],
  ])('with %j is refused', async (line, message) => {
    const path = join(folder, 'p.yaml')
    await writeFile(path, `profiles:\n  - name: x\n    ${line}\n`)
    await expect(readProfiles(path)).rejects.toThrow(message)
  })
})

it('a field in another case is answered with the right one', async () => {
  const path = join(folder, 'p.yaml')
  await writeFile(path, 'profiles:\n  - {name: x, camelcase: true}\n')
  const suggestions = expect.arrayContaining(['did you mean "camelCase"?'])
  await expect(readProfiles(path)).rejects.toMatchObject({suggestions})
})

describe('a new profile file', () => {
  it.each(['profiles.json', 'profiles.yaml'])('%s names its schema, and keeps it', async (name) => {
    const path = join(folder, name)
    await addProfile(path, {name: 'a', mode: 'normal'}, {replace: false})
    await addProfile(path, {name: 'b', mode: 'normal'}, {replace: false})
    const text = await readFile(path, 'utf8')
    const schema = /\$schema(?:": "|=)(?<path>[^"\n]+)/.exec(text)?.groups?.path ?? ''
    expect(JSON.parse(await readFile(schema, 'utf8')).title).toBe('Profiles of qtool')
    expect((await readProfiles(path)).profiles).toHaveLength(2)
  })
})

describe('the schema of the file', () => {
  const isValid = new Ajv2020().compile(ProfileFile)
  const isRead = (file: unknown) => {
    try {
      bookOf(file, 'p')
      return true
    } catch {
      return false
    }
  }

  it('is the one that is published', async () => {
    const {properties, required} = JSON.parse(await readFile('schemas/profiles.json', 'utf8'))
    expect({properties, required}).toEqual(
      JSON.parse(JSON.stringify({properties: ProfileFile.properties, required: ProfileFile.required})),
    )
  })

  it('has the fields that are read, and takes what is read', () => {
    const [{properties}] = [ProfileFile.properties.profiles.items]
    expect(Object.keys(properties).sort()).toEqual([...PROFILE_FIELDS].sort())
    const values = [
      ...[
        '',
        'a',
        'ms',
        'normal',
        'read-only',
        'production',
        'zset',
        'list',
        'left',
        'json',
        'celery',
        'disk',
      ],
      ...[0, 7, true, false, null, [], ['a'], {}, {a: 'b'}, {a: 's'}, {a: 1}, {a: ''}, {a: null}],
    ]
    for (const field of [...PROFILE_FIELDS, 'unknown', '$schema', 'current']) {
      for (const value of values) {
        for (const file of [
          {profiles: [{name: 'x', [field]: value}]},
          {profiles: [], [field]: value},
          {profiles: value},
        ]) {
          // An empty source is a text that is no source: the schema does not know their grammar
          if (field === 'map' && JSON.stringify(value) === '{"a":""}') continue
          expect({file, valid: isValid(file)}).toEqual({file, valid: isRead(file)})
        }
      }
    }
  })

  it('takes the examples of the documentation, as qtool does', async () => {
    const docs = await readFile('docs/configuration.md', 'utf8')
    const examples = [...docs.matchAll(/```yaml\n(?<text>[^`]*profiles:[^`]*)```/g)]
    expect(examples).toHaveLength(1)
    for (const {groups} of examples) {
      const file = parse(groups?.text ?? '')
      expect({valid: isValid(file), read: isRead(file)}).toEqual({valid: true, read: true})
    }
  })
})
