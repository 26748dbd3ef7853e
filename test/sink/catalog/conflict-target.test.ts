import {describe, expect, it} from 'vitest'
import {testSink, useServers} from '../../support/context.ts'
import {drainInto} from '../../support/drain-into.ts'

const context = useServers()

/** The outcome of two records with the same `a` and two with the same `b`, when the row 1, 1 is already there. */
async function conflicts(table: string, key?: string[]) {
  await context.pool.query(`INSERT INTO ${table} (a, b) VALUES (1, 1)`)
  const records = [
    {a: 1, b: 2},
    {a: 3, b: 1},
    {a: 4, b: 4},
  ]
  const {tally, letters} = await drainInto(context, table, records, {sink: {key}})
  return {
    inserted: tally.inserted,
    there: tally.alreadyThere,
    refused: letters.map(({payload, code}) => [JSON.parse(String(payload)), code]),
  }
}

const SAME_A = {a: 1, b: 2}
const SAME_B = {a: 3, b: 1}

describe('"already there" means the same key of one unique key', () => {
  it.each([
    ['the primary key', 'a int PRIMARY KEY, b int UNIQUE', SAME_B],
    ['the primary key, in whatever order keys were made', 'b int UNIQUE, a int PRIMARY KEY', SAME_B],
    [
      'a primary key that is deferrable',
      'a int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, b int UNIQUE',
      SAME_B,
    ],
    ['the only key over plain columns', 'a int UNIQUE, b int, EXCLUDE (b WITH =)', SAME_B],
  ])('%s', async (_, columns, refused) => {
    const table = `target${Math.random().toString(36).slice(2)}`
    await context.pool.query(`CREATE TABLE ${table} (${columns})`)
    const code = columns.includes('EXCLUDE') ? '23P01' : '23505'
    expect(await conflicts(table)).toEqual({inserted: 1, there: 1, refused: [[refused, code]]})
  })

  it('a key that no record can give does not count', async () => {
    await context.pool.query(
      'CREATE TABLE natural_key (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int UNIQUE, b int)',
    )
    expect(await conflicts('natural_key')).toEqual({inserted: 2, there: 1, refused: []})
  })

  it('the key that is named', async () => {
    await context.pool.query('CREATE TABLE named (a int PRIMARY KEY, b int UNIQUE)')
    expect(await conflicts('named', ['b'])).toEqual({inserted: 1, there: 1, refused: [[SAME_A, '23505']]})
  })

  it('none of several unique keys', async () => {
    await context.pool.query('CREATE TABLE several (a int UNIQUE, b int UNIQUE)')
    const {inserted, there, refused} = await conflicts('several')
    expect({inserted, there}).toEqual({inserted: 1, there: 0})
    expect(refused).toEqual([
      [SAME_A, '23505'],
      [SAME_B, '23505'],
    ])
  })

  it('beside an INSERT rule, which ON CONFLICT does not work with', async () => {
    await context.pool.query(`CREATE TABLE ruled (a int PRIMARY KEY, b int UNIQUE); CREATE TABLE ruled_log (a int);
CREATE RULE log AS ON INSERT TO ruled DO ALSO INSERT INTO ruled_log VALUES (NEW.a)`)
    expect(await conflicts('ruled')).toEqual({inserted: 1, there: 1, refused: [[SAME_B, '23505']]})
  })

  it('of each partition, whose errors name its own index', async () => {
    await context.pool.query(`CREATE TABLE parted (a int PRIMARY KEY, b int) PARTITION BY RANGE (a);
CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (4); CREATE TABLE parted_high PARTITION OF parted DEFAULT;
ALTER TABLE parted_low ADD UNIQUE (b)`)
    expect(await conflicts('parted')).toEqual({inserted: 1, there: 1, refused: [[SAME_B, '23505']]})
  })

  it('with columns that the index merely carries', async () => {
    await context.pool.query(`CREATE TABLE carried (a int, b int, doc json, UNIQUE (a) INCLUDE (doc))`)
    await context.pool.query(`INSERT INTO carried VALUES (1, 1)`)
    const {tally} = await drainInto(context, 'carried', [
      '{"a":1,"doc":[]}',
      '{"a":2,"doc":[1]}',
      '{"a":"x"}',
    ])
    expect(tally).toMatchObject({inserted: 1, alreadyThere: 1, deadLettered: 1})
  })

  it('through a view, whose table has the key', async () => {
    await context.pool.query(
      `CREATE TABLE viewed (a int PRIMARY KEY, b int); CREATE VIEW viewed_by AS SELECT * FROM viewed`,
    )
    expect(await conflicts('viewed_by', ['a'])).toEqual({inserted: 2, there: 1, refused: []})
  })
})

describe('a key that is named', () => {
  it.each([
    ['a column that is not there', ['z'], '--key names "z", which is not a writable column'],
    ['columns that are no key', ['b', 'c'], 'has no unique key on exactly these columns'],
    ['a partial index', ['c'], 'has no unique key on exactly these columns'],
  ])('is refused at the start where it is %s', async (_, key, message) => {
    await context.pool.query(`CREATE TABLE IF NOT EXISTS keyless (a int, b int, c int, UNIQUE (a, b));
CREATE UNIQUE INDEX IF NOT EXISTS keyless_c ON keyless (c) WHERE c > 0`)
    await expect(testSink(context, 'keyless', {key})).rejects.toThrow(message)
  })

  it('may name its columns in any order', async () => {
    const sink = await testSink(context, 'keyless', {key: ['b', 'a']})
    expect(sink.table.target?.columns).toEqual([0, 1])
  })
})
