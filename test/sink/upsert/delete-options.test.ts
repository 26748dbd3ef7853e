import {randomUUID} from 'node:crypto'
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import type {SinkOptions} from '../../../src/sink/sink.ts'
import {cliEnv, cliJson} from '../../support/cli.ts'
import {push, testSink, useServers} from '../../support/context.ts'

const context = useServers()
const role = `deleter_${randomUUID().slice(0, 8)}`

beforeAll(() =>
  context.pool.query(`CREATE TABLE o (a int PRIMARY KEY, b int, flag boolean, at timestamptz, day date NOT NULL DEFAULT now());
CREATE ROLE ${role} LOGIN PASSWORD 'test'; GRANT USAGE ON SCHEMA ${context.schema} TO ${role};
GRANT SELECT, INSERT, UPDATE ON o TO ${role}`),
)

afterAll(() => context.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`))

describe('is refused at the start', () => {
  it.each<[string, Partial<SinkOptions>, RegExp, RegExp]>([
    ['an op without updates', {opField: 'op'}, /^--op-field needs --on-conflict update$/, /^$/],
    [
      'a soft delete without updates',
      {softDelete: 'flag'},
      /^--soft-delete needs --on-conflict update$/,
      /^$/,
    ],
    [
      'a soft delete without an op',
      {onConflict: 'update', softDelete: 'flag'},
      /^--soft-delete needs --op-field$/,
      /^$/,
    ],
    [
      'an op that is a constant',
      {onConflict: 'update', opField: '"d"'},
      /--op-field "d": expected the path/,
      /meta\.op/,
    ],
    [
      'an op that is the record',
      {onConflict: 'update', opField: '$'},
      /--op-field \$: expected the path/,
      /meta\.op/,
    ],
    [
      'an op that is no path',
      {onConflict: 'update', opField: 'a..b'},
      /--op-field a\.\.b: the source is no path/,
      /path/,
    ],
    [
      'a column that can mark nothing',
      {onConflict: 'update', opField: 'op', softDelete: 'b'},
      /--soft-delete names "b", of the type integer/,
      /^columns that fit: flag, at$/,
    ],
    [
      'a time that every row has',
      {onConflict: 'update', opField: 'op', softDelete: 'day'},
      /--soft-delete names "day", which is NOT NULL/,
      /^columns that fit: flag, at$/,
    ],
    [
      'a column of the key',
      {onConflict: 'update', opField: 'op', softDelete: 'a'},
      /--soft-delete names "a", which belongs to the key/,
      /columns: b, flag/,
    ],
    [
      'the column that says which is newer',
      {onConflict: 'update', opField: 'op', softDelete: 'at', newestBy: 'at'},
      /--soft-delete names "at", which --newest-by names as well/,
      /^columns that fit: flag$/,
    ],
    [
      'a column that the table does not have',
      {onConflict: 'update', opField: 'op', softDelete: 'flags'},
      /--soft-delete names "flags", which is no column of/,
      /did you mean.*flag/,
    ],
  ])('%s', async (_, options, message, suggestion) => {
    const error = await testSink(context, 'o', options).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({kind: 'usage', message: expect.stringMatching(message)})
    expect((error as {suggestions: string[]}).suggestions.join('; ')).toMatch(suggestion)
  })
})

it('says at the start which right is missing, and takes nothing', async () => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"op":"d","a":1}'])
  const url = Object.assign(new URL(inject('databaseUrl')), {username: role, password: 'test'}).href
  const table = `${context.schema}.o`
  const args = [
    'work',
    '-q',
    queue,
    '--table',
    table,
    '--on-conflict',
    'update',
    '--op-field',
    'op',
    '--until-empty',
  ]
  const env = cliEnv({DATABASE_URL: url})
  const {code, json} = await cliJson(args, {env})
  expect({code, error: json.error.code}).toEqual({code: 6, error: 'NO_DELETE'})
  expect(json.error.message).toContain(`role ${role} may not delete rows of`)
  expect(json.error.suggestions.join()).toMatch(new RegExp(`GRANT SELECT, DELETE ON .*o.* TO ${role}`))
  expect(await context.redis.zcard(keys.ready)).toBe(1)
  const limited = `REVOKE INSERT ON o FROM ${role}; GRANT INSERT (a, b, at, day) ON o TO ${role}`
  await context.pool.query(limited)
  const closed = await cliJson([...args, '--soft-delete', 'flag'], {env})
  expect(closed).toMatchObject({code: 6, json: {error: {code: 'NO_UPDATE'}}})
  expect(closed.json.error.message).toContain('may not insert values of it')
  await context.pool.query(`GRANT INSERT ON o TO ${role}`)
  // An update of the column that marks a row is all that a soft delete needs
  expect(await cliJson([...args, '--soft-delete', 'flag'], {env})).toMatchObject({
    code: 0,
    json: {alreadyGone: 1},
  })
})
