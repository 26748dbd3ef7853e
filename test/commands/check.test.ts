import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import {cli, cliJson, newFolder} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()
const folder = newFolder()

const table = (name: string) => ['--table', `${context.schema}.${name}`]

async function file(name: string, lines: Array<string | object>): Promise<string> {
  const path = join(folder, name)
  await writeFile(
    path,
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  )
  return path
}

async function rows(name: string): Promise<number> {
  return Number((await context.pool.query(`SELECT count(*) FROM ${name}`)).rows[0].count)
}

beforeAll(async () => {
  await context.pool.query(`
CREATE TABLE shop (id int PRIMARY KEY);
INSERT INTO shop VALUES (1), (2);
CREATE TABLE sale (id int PRIMARY KEY, shop int NOT NULL REFERENCES shop, n smallint, code varchar(3), at timestamptz,
  note text, ref int UNIQUE, kind text DEFAULT 'x');
INSERT INTO sale (id, shop) VALUES (100, 1)`)
})

describe('check', () => {
  it('says what would be refused and why, by line, and writes nothing', async () => {
    const path = await file('feed.ndjson', [
      {id: 1, shop: 1, n: 5, ref: 1},
      {id: 2, shop: 7},
      {id: 3, shop: 7, n: 40_000},
      'not JSON',
      {id: 4, shop: 8},
      {id: 5, shop: 2, code: 'long', vip: 12, 'odd "key"': '2026-01-01T00:00:00Z'},
      {id: 6, shop: 2, ref: 1},
      {id: 1, shop: 2},
      {id: 100, shop: 2},
      {id: 7, shop: 2, at: 1764000000123, vip: 3_000_000_000},
      {id: 7, shop: 2, at: 1764000000123, vip: 3_000_000_000},
    ])
    const {code, json} = await cliJson(['check', path, ...table('sale')])
    expect(code).toBe(5)
    expect(json).toMatchObject({
      ...{queue: null, table: `${context.schema}.sale`, read: 11, records: 10, duplicates: 1},
      ...{passing: 3, inserted: 1, alreadyThere: 2, repeated: 1, refused: 7, unknown: 0},
    })
    const seen = json.obstacles.map((one: Record<string, unknown>) => [
      one.code,
      one.column,
      one.records,
      one.example,
    ])
    expect(seen.sort()).toEqual(
      [
        ['22001', 'code', 1, `${path}:6`],
        ['22003', 'n', 1, `${path}:3`],
        ['23503', 'shop', 3, `${path}:2`],
        ['23505', null, 1, `${path}:7`],
        ['JSON', null, 1, `${path}:4`],
        ['TS_FORMAT', 'at', 1, `${path}:10`],
      ].map(([a, b, ...rest]) => [a, a === '23503' ? null : b, ...rest]),
    )
    expect(json.obstacles.find(({code}: {code: string}) => code === '23503')).toMatchObject({
      parent: 'shop',
      distinct: 2,
      top: [
        {value: '7', records: 2},
        {value: '8', records: 1},
      ],
      exampleText: '{"id":2,"shop":7}',
    })
    expect(json.unknownKeys).toEqual([
      {table: null, key: 'vip', records: 2, example: '12', type: 'bigint'},
      {
        table: null,
        key: 'odd "key"',
        records: 1,
        example: '"2026-01-01T00:00:00Z"',
        type: 'timestamp with time zone',
      },
    ])
    expect(json.missingColumns).toEqual([
      {table: null, column: 'note', refuses: false},
      {table: null, column: 'kind', refuses: false},
    ])
    const sale = `"${context.schema}"."sale"`
    expect(json.proposals.map(({sql, flag}: {sql: string; flag: string}) => sql ?? flag).sort()).toEqual([
      '--time at=ms',
      `ALTER TABLE ${sale} ADD COLUMN "odd ""key""" timestamp with time zone;`,
      `ALTER TABLE ${sale} ADD COLUMN "vip" bigint;`,
      `ALTER TABLE ${sale} ALTER COLUMN "code" TYPE text;`,
      `ALTER TABLE ${sale} ALTER COLUMN "n" TYPE integer;`,
    ])
    expect(await rows('sale')).toBe(1)
    const rejects = join(folder, 'rejects.ndjson')
    await cli(['check', path, ...table('sale'), '--rejects', rejects])
    const lines = (await readFile(rejects, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({line}) => line).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 10])
    expect(lines.find(({line}) => line === 2)).toEqual({
      ...{source: path, line: 2, reason: 'foreign_key', code: '23503', text: '{"id":2,"shop":7}'},
      message: expect.stringContaining('sale_shop_fkey'),
    })
  })

  it('counts lines that cannot be read in both figures, and shows keys of blanks and generated columns', async () => {
    await context.pool.query('CREATE TABLE odd (id int, seq int GENERATED ALWAYS AS IDENTITY)')
    const path = await file('odd.ndjson', ['{"id":1,"":1," ":2," id":3}', '{"id":2', '{"id":3', '{"id":"x"}'])
    const {stdout} = await cli(['check', path, ...table('odd')])
    expect(stdout).toContain(`1 of 4 records would pass in ${context.schema}.odd; 3 would be refused`)
    for (const key of ['""', '" "', '" id"']) expect(stdout).toMatch(new RegExp(`^ ${key} +1  `, 'm'))
    const given = await file('seq.ndjson', ['{"id":1,"seq":4}'])
    const strict = await cli(['check', given, ...table('odd'), '--strict'])
    expect(strict.stdout).toMatch(/the column "seq" of .* is GENERATED ALWAYS: Postgres fills it/)
  })

  it('ends with 0 where all would pass, with a mapping, from standard input, in envelopes and as CSV', async () => {
    const record = {id: 21, buyer: {shop: 1}, at: 1764000000123}
    const how = [...table('sale'), '--map', 'shop=buyer.shop', '--time', 'at=ms']
    const stdin = `${JSON.stringify({points: [record, {...record, id: 22}]})}\n`
    expect(await cliJson(['check', '-', ...how], {input: stdin})).toMatchObject({
      code: 0,
      json: {read: 1, records: 2, passing: 2, refused: 0, obstacles: [], unknownKeyCount: 0},
    })
    const csv = await file('feed.csv', ['id,shop', '31,1', '32,9', '31,2'])
    const {code, stdout} = await cli(['check', csv, ...table('sale')])
    expect(code).toBe(5)
    expect(stdout).toContain(`2 of 3 records would pass in ${context.schema}.sale; 1 would be refused`)
    expect(stdout).toContain('\n1 repeats the key of an earlier record\n')
    expect(stdout).toContain(`${csv}:3`)
    expect(stdout).toContain('missing: shop 9')
  })

  it('takes the table and the mapping of a queue, and refuses another table', async () => {
    const at = context.newQueue()
    await push(context, at.keys, ['{"id":41,"s":{"no":1}}'])
    const work = ['work', '-q', at.queue, ...table('sale'), '--map', 'shop=s.no', '--until-empty']
    expect((await cliJson(work)).json).toMatchObject({inserted: 1})
    const path = await file('bound.ndjson', [
      {id: 41, s: {no: 1}},
      {id: 42, s: {no: 2}},
    ])
    expect((await cliJson(['check', path, '-q', at.queue])).json).toMatchObject({
      ...{queue: at.queue, table: `${context.schema}.sale`, inserted: 1, alreadyThere: 1, repeated: 0},
    })
    expect(await cliJson(['check', path, '-q', at.queue, ...table('shop')])).toMatchObject({
      code: 2,
      json: {error: {code: 'OTHER_TABLE'}},
    })
  })

  it('lets records meet those of other pages, and names columns that must have a value', async () => {
    await context.pool.query(
      'CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree, must int NOT NULL)',
    )
    const path = await file(
      'tree.ndjson',
      Array.from({length: 4500}, (_, i) => ({id: i, up: i === 0 ? null : i - 1, must: 1})),
    )
    expect((await cliJson(['check', path, ...table('tree')])).json).toMatchObject({passing: 4500, refused: 0})
    const without = await file('without.ndjson', [{id: 1}, {id: 2}])
    const {code, json} = await cliJson(['check', without, ...table('tree')])
    expect({code, refused: json.refused, missing: json.missingColumns}).toEqual({
      code: 5,
      refused: 2,
      missing: [
        {table: null, column: 'up', refuses: false},
        {table: null, column: 'must', refuses: true},
      ],
    })
    expect(await rows('tree')).toBe(0)
  })

  it.each([
    [['nowhere.ndjson', '--table', 'x'], 'cannot read nowhere.ndjson'],
    [[], 'no table to check against'],
  ])('%j is a wrong use', async (words, message) => {
    const {code, json} = await cliJson(['check', ...words], {input: '{}'})
    expect({code, message: json.error.message}).toEqual({code: 2, message: expect.stringContaining(message)})
  })
})

it.each([
  ['nope', 'no table "nope" in the database'],
  ['e.We"ird', 'expected the name of a table as in SQL, got "e.We\\"ird"'],
  ['other.public.sale', 'has more than a schema and a table'],
])('takes --table %s for a mistake in the command, as work does', async (name, message) => {
  const path = await file('any.ndjson', [{id: 1}])
  const {queue} = context.newQueue()
  for (const command of [
    ['check', path],
    ['work', '-q', queue, '--until-empty'],
  ]) {
    const {code, stderr} = await cli([...command, '--table', name])
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  }
})

it.each([
  ['work', '--until-empty'],
  ['dlq', 'diagnose'],
])('says of a queue that has a table what is wrong with another name: %s %s', async (...command) => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"id":"x"}'])
  expect((await cli(['work', '-q', queue, ...table('sale'), '--until-empty'])).code).toBe(3)
  const {code, stderr} = await cli([...command, '-q', queue, '--table', 'e.We"ird'])
  expect([code, stderr]).toEqual([2, expect.stringContaining('expected the name of a table as in SQL')])
})
