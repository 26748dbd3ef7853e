import {describe, expect, it} from 'vitest'
import {openSink, type SinkOptions} from '../../../src/sink/sink.ts'
import {testSink, USUAL_SINK, useServers, withClient} from '../../support/context.ts'

const context = useServers()
let number = 0

async function make(sql: string): Promise<string> {
  const table = `t${++number}`
  await context.pool.query(sql.replaceAll('$t', table))
  return table
}

const UPDATE = {onConflict: 'update'} as const
const open = async (sql: string, options: Partial<SinkOptions> = {}) =>
  testSink(context, await make(sql), {...UPDATE, ...options})

describe('a table whose rows cannot be updated is refused at the start', () => {
  it.each<[string, string, Partial<SinkOptions>, RegExp, RegExp]>([
    ['without a key', 'CREATE TABLE $t (a int)', {}, /has no unique key over plain columns/, /^$/],
    [
      'with several',
      'CREATE TABLE $t (a int UNIQUE, b int, c int, UNIQUE (b, c))',
      {},
      /has several unique keys and no primary key/,
      /^name one of its keys: --key a, or --key b,c$/,
    ],
    [
      'with a partial key alone',
      'CREATE TABLE $t (a int, b int); CREATE UNIQUE INDEX $t_part ON $t (a) WHERE b > 0',
      {},
      /has no unique key over plain columns/,
      /t\d+_part covers only the rows with b > 0/,
    ],
    [
      'with a key over an expression',
      'CREATE TABLE $t (a text); CREATE UNIQUE INDEX $t_low ON $t (lower(a))',
      {},
      /has no unique key over plain columns/,
      /t\d+_low is over an expression: lower\(a\)/,
    ],
    [
      'with a deferrable key',
      'CREATE TABLE $t (a int, UNIQUE (a) DEFERRABLE)',
      {},
      /has the key a, which is deferrable/,
      /^make it again without DEFERRABLE$/,
    ],
    [
      'with a key that only Postgres fills',
      'CREATE TABLE $t (a int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b int)',
      {},
      /has no unique key over plain columns/,
      /t\d+_pkey has a column that only Postgres fills: a/,
    ],
    [
      'by a key that covers a part of the rows',
      'CREATE TABLE $t (a int PRIMARY KEY, b int, c int); CREATE UNIQUE INDEX $t_part ON $t (b) WHERE c > 0',
      {key: ['b']},
      /--key b: .* has no unique key on exactly these columns/,
      /^unique indexes that cannot be used: t\d+_part covers only the rows with c > 0; its unique keys: a$/,
    ],
    [
      'by a key over an expression',
      'CREATE TABLE $t (a int PRIMARY KEY, b text); CREATE UNIQUE INDEX $t_low ON $t (lower(b))',
      {key: ['b'], where: {key: 'QTOOL_KEY'}},
      /^QTOOL_KEY b: .* has no unique key on exactly these columns/,
      /t\d+_low is over an expression: lower\(b\); its unique keys: a$/,
    ],
    [
      'that is a view',
      'CREATE TABLE $t_b (a int PRIMARY KEY); CREATE VIEW $t AS SELECT * FROM $t_b',
      {key: ['a']},
      /is not a table/,
      /table behind it/,
    ],
    [
      'with a rule',
      'CREATE TABLE $t (a int PRIMARY KEY); CREATE RULE r AS ON UPDATE TO $t DO ALSO NOTHING',
      {},
      /has rules/,
      /^$/,
    ],
    [
      'by a column of the key',
      'CREATE TABLE $t (a int PRIMARY KEY, b int)',
      {newestBy: 'a'},
      /--newest-by names "a", which belongs to the key: a record has the same value there as its row/,
      /^columns: b$/,
    ],
    [
      'in a generated column',
      'CREATE TABLE $t (a int PRIMARY KEY, b int, c int GENERATED ALWAYS AS (b + 1) STORED)',
      {updateColumns: ['c']},
      /--update-columns names "c", which only Postgres fills/,
      /columns: b/,
    ],
    [
      'in a column that it does not have',
      'CREATE TABLE $t (a int PRIMARY KEY, name text)',
      {updateColumns: ['nam']},
      /which is no column of/,
      /did you mean.*name/,
    ],
    [
      'by values that have no order',
      'CREATE TABLE $t (a int PRIMARY KEY, b json)',
      {newestBy: 'b'},
      /values of json cannot be compared/,
      /a number or a time/,
    ],
    [
      'without --on-conflict update',
      'CREATE TABLE $t (a int PRIMARY KEY, b int)',
      {onConflict: 'nothing', newestBy: 'b'},
      /--newest-by needs --on-conflict update/,
      /^$/,
    ],
    [
      'by a variable without that',
      'CREATE TABLE $t (a int PRIMARY KEY, b int)',
      {onConflict: 'nothing', newestBy: 'b', where: {newestBy: 'QTOOL_NEWEST_BY'}},
      /^QTOOL_NEWEST_BY needs --on-conflict update$/,
      /^$/,
    ],
  ])('%s', async (_, sql, options, message, suggestion) => {
    const error = await open(sql, options).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({kind: 'usage', message: expect.stringMatching(message)})
    const {suggestions} = error as {suggestions: string[]}
    expect(suggestions.join('; ')).toMatch(suggestion)
  })
})

it('a key or a column that the role may not read or write is told from others', async () => {
  const role = `reader_${context.schema.slice(2, 10)}`
  const plain = await make('CREATE TABLE $t (a int PRIMARY KEY, b int, c int)')
  await context.pool.query(`CREATE ROLE ${role}; GRANT USAGE ON SCHEMA ${context.schema} TO ${role};
GRANT INSERT ON ${plain} TO ${role}`)
  await withClient(context, async (client) => {
    const open = (options: Partial<SinkOptions> = {}) =>
      openSink(client, {...USUAL_SINK, table: plain, ...UPDATE, ...options})
    const grant = (right: string) =>
      client.query(`RESET ROLE; GRANT ${right} ON ${plain} TO ${role}; SET ROLE ${role}`)
    await client.query(`SET ROLE ${role}`)
    await expect(open()).rejects.toMatchObject({
      message: expect.stringContaining(`has the key a, which ${role} may not read`),
      suggestions: [expect.stringMatching(/^GRANT SELECT ON/)],
    })
    await grant('SELECT, UPDATE')
    await client.query(`RESET ROLE; REVOKE INSERT ON ${plain} FROM ${role}; GRANT INSERT (a, b) ON ${plain} TO ${role};
SET ROLE ${role}`)
    await expect(open({newestBy: 'c'})).rejects.toMatchObject({
      message: `--newest-by names "c", and role ${role} may not insert values of it`,
    })
    await expect(open({newestBy: 'b'})).resolves.toBeDefined()
    await client.query('RESET ROLE')
  })
  await context.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
})
