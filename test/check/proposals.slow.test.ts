import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import {cliJson, newFolder} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()
const folder = newFolder()

interface Proposal {
  subject: string
  sql: string | null
  flag: string | null
}

async function check(table: string, lines: string[], ...flags: string[]) {
  const path = join(folder, `${table}.ndjson`)
  await writeFile(path, lines.map((line) => `${line}\n`).join(''))
  const {json} = await cliJson([
    'check',
    path,
    '--table',
    `${context.schema}.${table}`,
    ...(flags.includes('-n') ? [] : ['-n', '500']),
    ...flags,
  ])
  return json as {
    refused: number
    proposals: Proposal[]
    obstacles: Array<{column: string | null; exampleText: string}>
  }
}

/** Columns with a value that a row holds already, which another type has to hold, too. */
const COLUMNS = [
  ...[
    ['smallint', '1'],
    ['numeric(4,2)', '1.5'],
    ['boolean', 'true'],
    ['uuid', '6f1ec8a2-3d0f-4e0a-8c39-8f4e6f2a9b11'],
  ],
  ...[
    ['date', '2026-01-01'],
    ['time', '12:00'],
    ['mood', 'ok'],
    ['pair', '(1,a)'],
    ['int[]', '{1}'],
    ['pair[]', '{"(1,a)"}'],
  ],
  ...[
    ['varchar(3)', 'abc'],
    ['inet', '::1'],
    ['int4range', '[1,2)'],
    ['upto9', '3'],
    ['jsonb', '{}'],
    ['real', '1'],
  ],
]
const VALUES = [
  '5000000000',
  '12345.678',
  '1e400',
  '"hello"',
  '"2026-01-02"',
  '{"x":1}',
  '[[1],[2,3]]',
  '[{"z":1}]',
  'true',
]
const HELD = VALUES.flatMap((value, i) =>
  COLUMNS.map(([type, held], j) => ({name: `c${i}_${j}`, type, held, line: `{"c${i}_${j}":${value}}`})),
)

beforeAll(async () => {
  await context.pool.query(`
CREATE TYPE mood AS ENUM ('ok', 'sad');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN upto9 AS int CHECK (VALUE < 10);
CREATE TABLE device (id int PRIMARY KEY, device_id text, created_at timestamptz, "Note" text);
CREATE TABLE times (id int PRIMARY KEY, text timestamptz, part timestamptz, mixed timestamp, clash timestamptz);
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, up int REFERENCES parent)`)
})

describe('what is shown', () => {
  it('leaves out obstacles, but nothing that would help', async () => {
    await context.pool.query('CREATE TABLE cut (a varchar(3), b varchar(3), c varchar(3))')
    const {obstacles, proposals} = await check(
      'cut',
      ['{"a":"long enough"}', '{"b":"long enough"}', '{"c":"long enough"}'],
      '-n',
      '1',
    )
    expect(obstacles).toHaveLength(1)
    expect(proposals.map(({subject}) => subject).sort()).toEqual(['a', 'b', 'c'])
  })

  it('is for each obstacle a record that meets it, also of several in one item', async () => {
    await context.pool.query('CREATE TABLE many (a int, b int NOT NULL)')
    const {obstacles} = await check('many', ['{"points":[{"a":"x","b":1},{"a":2,"b":null}]}'])
    expect(obstacles.map(({column, exampleText}) => [column, exampleText]).sort()).toEqual([
      ['a', '{"a":"x","b":1}'],
      ['b', '{"a":2,"b":null}'],
    ])
  })
})

describe('proposals', () => {
  it('can be run on a table that has rows, and let the values pass', async () => {
    await context.pool.query(
      `CREATE TABLE held (${HELD.map(({name, type}) => `${name} ${type}`).join(', ')})`,
    )
    await context.pool.query(`INSERT INTO held VALUES (${HELD.map(({held}) => `'${held}'`).join(', ')})`)
    const lines = HELD.map(({line}) => line)
    const before = await check('held', lines)
    const proposed = before.proposals.filter(({sql}) => sql !== null).map(({subject}) => subject)
    expect(proposed.length).toBeGreaterThan(80)
    for (const {sql} of before.proposals) if (sql !== null) await context.pool.query(sql)
    const after = await check('held', lines)
    expect(after.obstacles.map(({column}) => column).filter((name) => proposed.includes(name ?? ''))).toEqual(
      [],
    )
  })

  it('can be pasted for a key with control characters', async () => {
    await context.pool.query('CREATE TABLE control (id int)')
    const key = 'a\nb\t"\\c\u202e'
    const line = JSON.stringify({id: 1, [key]: 5})
    const {proposals} = await check('control', [line])
    expect(proposals.map(({sql}) => sql)).toEqual([
      `ALTER TABLE "${context.schema}"."control" ADD COLUMN U&"a\\000Ab\\0009""\\\\c\\202E" integer;`,
    ])
    for (const {sql} of proposals) await context.pool.query(sql ?? '')
    const {rows} = await context.pool.query(
      `SELECT attname FROM pg_attribute WHERE attrelid = 'control'::regclass AND attnum = 2`,
    )
    expect(rows).toEqual([{attname: key}])
  })

  it('are none for a column that must fit the key of a parent', async () => {
    const {refused, proposals} = await check('child', ['{"id":1,"up":"x"}'])
    const by = [`the foreign key child_up_fkey has to fit ${context.schema}.parent`]
    expect([refused, proposals]).toEqual([
      1,
      [{table: null, subject: 'up', sql: null, flag: null, hindrances: by}],
    ])
  })

  it('are none for a record that the mapping itself refuses', async () => {
    await context.pool.query('CREATE TABLE listed (id int, n int[])')
    const lines = ['{"id":1,"l":[{"x":1}]}', '{"id":2,"l":5}']
    const {refused, proposals} = await check('listed', lines, '--map', 'n=l[].x')
    expect([refused, proposals]).toEqual([1, []])
  })

  it('are flags where a key differs from an empty column in case alone', async () => {
    const lines = ['{"id":1,"deviceId":"a","createdAt":"2026-01-01","note":"b","vip":1}']
    const {proposals} = await check('device', lines)
    expect(proposals.map(({sql, flag}) => sql ?? flag)).toEqual([
      '--camel-case',
      '--rename note=Note',
      `ALTER TABLE "${context.schema}"."device" ADD COLUMN "vip" integer;`,
    ])
  })

  it('name the unit of epochs in texts, with fractions, and beside other times, but not one of several', async () => {
    const {proposals} = await check('times', [
      '{"id":1,"text":"1700000000123","part":1700000000.25,"mixed":1700000000,"clash":1700000000}',
      '{"id":2,"mixed":"2026-01-01","clash":1700000000000}',
    ])
    expect(proposals.map(({flag}) => flag).sort()).toEqual([
      '--time mixed=s',
      '--time part=s',
      '--time text=ms',
    ])
  })
})
