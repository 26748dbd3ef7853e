import {beforeEach, describe, expect, it} from 'vitest'
import {definitionChanges} from '../../../src/sink/catalog/definition-changes.ts'
import {testSink, useServers} from '../../support/context.ts'

const context = useServers()

beforeEach(async () => {
  await context.pool.query(`DROP TABLE IF EXISTS t, p CASCADE; CREATE TABLE p (id int PRIMARY KEY);
    CREATE TABLE t (id int, n int DEFAULT 1, "odd name" text NOT NULL)`)
})

/** @returns what is said of the table after some statements */
async function changed(...statements: string[]): Promise<string[]> {
  const before = await testSink(context, 't')
  for (const sql of statements) await context.pool.query(sql)
  const now = await testSink(context, 't')
  return definitionChanges(before.table.definition, now.table.definition)
}

describe('the changes of a table in words', () => {
  it.each([
    ['ALTER TABLE t ALTER n TYPE bigint', 'column "n" is now of the type bigint, it was integer'],
    ['ALTER TABLE t ALTER n SET DEFAULT 2', 'column "n" now has the default 2, it was 1'],
    ['ALTER TABLE t ALTER id SET DEFAULT 2', 'column "id" now has the default 2'],
    ['ALTER TABLE t ALTER n DROP DEFAULT', 'column "n" no longer has a default'],
    ['ALTER TABLE t ALTER "odd name" DROP NOT NULL', 'column "odd name" takes NULL now'],
    ['ALTER TABLE t RENAME "odd name" TO x', 'column "odd name" is now called "x"'],
    ['ALTER TABLE t ADD u uuid', 'new column "u" of the type uuid'],
    ['ALTER TABLE t DROP n', 'gone column "n"'],
    ['ALTER TABLE t ADD CONSTRAINT low CHECK (n < 5)', 'new constraint "low" (CHECK ((n < 5)))'],
    ['CREATE UNIQUE INDEX one ON t (n)', /^new unique index "one" \(CREATE UNIQUE INDEX one ON .*\(n\)\)$/],
    [
      'ALTER TABLE t ADD CONSTRAINT up FOREIGN KEY (n) REFERENCES p',
      /^new constraint "up" \(FOREIGN KEY \(n\) REFERENCES/,
    ],
    ['ALTER TABLE t ENABLE ROW LEVEL SECURITY', 'the table now has row security'],
    ['ALTER TABLE t ADD g int GENERATED ALWAYS AS (n + 1) STORED', 'new column "g" of the type integer'],
  ])('%s', async (sql, words) => {
    expect(await changed(sql)).toEqual([typeof words === 'string' ? words : expect.stringMatching(words)])
  })

  it('are several if several things changed', async () => {
    expect(
      await changed('ALTER TABLE t RENAME n TO m', 'ALTER TABLE t ALTER m TYPE text, ALTER m DROP DEFAULT'),
    ).toEqual([
      'column "n" is now called "m"',
      'column "m" is now of the type text, it was integer',
      'column "m" no longer has a default',
    ])
  })

  it('name what differs if another table has taken the name', async () => {
    const words = await changed('DROP TABLE t; CREATE TABLE t (id int, n text DEFAULT 1)')
    expect(words).toEqual([
      'it is another table of the same name',
      'column "n" is now of the type text, it was integer',
      'gone column "odd name"',
    ])
  })

  it('are none for a vacuum, statistics and rights', async () => {
    expect(await changed('VACUUM ANALYZE t', 'GRANT SELECT ON t TO PUBLIC')).toEqual([])
  })
})
