import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {beforeEach, describe, expect, it} from 'vitest'
import {cli, cliJson, newFolder} from '../support/cli.ts'
import {deadLetters, push, useServers} from '../support/context.ts'

const context = useServers()
const folder = newFolder()
const OUTCOMES = [
  'inserted',
  'updated',
  'deleted',
  'superseded',
  'alreadyThere',
  'alreadyGone',
  'suppressed',
] as const

beforeEach(() =>
  context.pool.query(`DROP TABLE IF EXISTS line, sale, other;
CREATE TABLE sale (id int PRIMARY KEY, code text UNIQUE, n int CHECK (n > 0), seq int, op text);
CREATE TABLE line (id int PRIMARY KEY, sale int REFERENCES sale, qty smallint);
CREATE TABLE other (id int PRIMARY KEY, note text);
INSERT INTO sale SELECT i, 'c' || i, 1, 5 FROM generate_series(1, 5) i`),
)

/** Checks records, then drains them with the same flags. @returns what either says: counts, and what was refused and why */
async function bothWays(records: unknown[], flags: string[]) {
  const lines = records.map((record) => JSON.stringify(record))
  const path = join(folder, 'feed.ndjson')
  const rejects = join(folder, `rejects-${Math.random()}.ndjson`)
  await writeFile(path, lines.map((line) => `${line}\n`).join(''))
  const {json: said} = await cliJson(['check', path, '--rejects', rejects, ...flags])
  const tables = await context.pool.query(
    'SELECT (SELECT count(*) FROM sale) + (SELECT count(*) FROM line) AS n',
  )
  const {queue, keys} = context.newQueue()
  await push(context, keys, lines)
  const {json: done} = await cliJson([
    'work',
    '-q',
    queue,
    '--until-empty',
    '--workers',
    '1',
    '--max-refused',
    '100%',
    ...flags,
  ])
  const refused = (await deadLetters(context, keys)).map(({payload, reason, code}) => [
    String(payload),
    reason,
    code,
  ])
  const {readFile} = await import('node:fs/promises')
  const foretold = (await readFile(rejects, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .map(({text, reason, code}) => [text, reason, code])
  const counts = (from: Record<string, unknown>) =>
    Object.fromEntries(OUTCOMES.map((name) => [name, from[name]]))
  return {
    said: {...counts(said), refused: said.refused, why: foretold.sort()},
    done: {...counts(done), refused: done.deadLettered, why: refused.sort()},
    json: said,
    rowsAfterCheck: Number(tables.rows[0].n),
  }
}

describe('check says what work does', () => {
  it.each([
    ['an update', ['--on-conflict', 'update']],
    ['an update of some columns', ['--on-conflict', 'update', '--update-columns', 'n']],
    ['an update by another key', ['--on-conflict', 'update', '--key', 'code']],
    ['the newest', ['--on-conflict', 'update', '--newest-by', 'seq']],
    ['deletes', ['--on-conflict', 'update', '--newest-by', 'seq', '--op-field', 'op']],
  ])('with %s', async (_, flags) => {
    const records = [
      {id: 1, n: 2, seq: 6, op: 'u', code: 'c1'},
      {id: 2, n: 2, seq: 4, op: 'u', code: 'c2'},
      {id: 3, n: -1, seq: 9, op: 'u', code: 'c3'},
      {id: 9, n: 1, seq: 1, op: 'c', code: 'c9'},
      {id: 10, n: 1, seq: 1, op: 'c', code: 'c4'},
      {id: 5, n: 3, seq: 7, op: 'u', code: 'c5'},
      {id: 5, n: 4, seq: 8, op: 'd', code: 'c5'},
      {id: 77, n: 4, seq: 8, op: 'd', code: 'c77'},
    ]
    const {said, done, rowsAfterCheck} = await bothWays(records, [
      '--table',
      `${context.schema}.sale`,
      ...flags,
    ])
    expect(said).toEqual(done)
    expect(rowsAfterCheck).toBe(5)
    expect(said.refused).toBeGreaterThan(0)
  })

  it('with routes, each record by its table', async () => {
    const flags = ['type=sale:sale', 'type=line:line', 'type=note:other'].flatMap((route) => [
      '--route',
      route.replace(/:/, `:${context.schema}.`),
    ])
    const {said, done, json} = await bothWays(
      [
        {type: 'line', id: 1, sale: 20},
        {type: 'sale', id: 20, n: 1, vip: true},
        {type: 'sale', id: 1, n: 1},
        {type: 'sale', id: 21, n: -1},
        {type: 'line', id: 2, sale: 21},
        {type: 'line', id: 3, sale: 99},
        {type: 'line', id: 4, sale: 1, qty: 70_000},
        {type: 'unheard', id: 5},
        {id: 6},
      ],
      flags,
    )
    expect(said).toEqual(done)
    expect(json.tables).toMatchObject({
      [`${context.schema}.sale`]: {records: 3, refused: 1, inserted: 1, alreadyThere: 1},
      [`${context.schema}.line`]: {records: 4, refused: 3, inserted: 1},
      [`${context.schema}.other`]: {records: 0, refused: 0},
    })
    expect(json.proposals.map(({table, sql}: {table: string; sql: string}) => [table, sql])).toContainEqual([
      `${context.schema}.line`,
      `ALTER TABLE "${context.schema}"."line" ALTER COLUMN "qty" TYPE integer;`,
    ])
    expect(said.why.map(([, , code]) => code)).toEqual(
      expect.arrayContaining(['NO_ROUTE', 'PARENT_REFUSED', '23503']),
    )
  })

  it.each([
    [['--on-conflict', 'update', '--key', 'n'], 'has no unique key'],
    [['--on-conflict', 'update', '--newest-by', 'nope'], 'nope'],
    [['--on-conflict', 'update', '--update-columns', 'id'], 'id'],
    [['--newest-by', 'seq'], '--on-conflict update'],
  ])('of settings that do not fit: %j', async (flags, message) => {
    const path = join(folder, 'one.ndjson')
    await writeFile(path, '{"id":1}\n')
    const {queue} = context.newQueue()
    const at = ['--table', `${context.schema}.sale`, ...flags]
    const said = await cli(['check', path, ...at])
    const done = await cli(['work', '-q', queue, '--until-empty', '--log', 'text', ...at])
    const words = done.stderr.split('\n')[0].replace(/^\S+ \S+ /, '')
    expect([said.code, said.stderr.split('\n')[0]]).toEqual([done.code, words])
    expect(said.stderr).toContain(message)
  })
})
