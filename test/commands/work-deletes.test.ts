import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {beforeAll, expect, it} from 'vitest'
import {cli, cliEnv, cliJson, newFolder} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()
const folder = newFolder()

beforeAll(() =>
  context.pool.query(`CREATE TABLE stock (sku text PRIMARY KEY, n int CHECK (n >= 0), seq int, op text);
CREATE TABLE shelf (sku text REFERENCES stock);
INSERT INTO stock SELECT sku, 1, 1 FROM unnest('{a,b,c,d}'::text[]) sku; INSERT INTO shelf VALUES ('d')`),
)

const table = (name: string) => ['--table', `${context.schema}.${name}`]
const text = (records: unknown[]) => records.map((record) => JSON.stringify(record))

it('deletes rows, counts that, and stays with it', {timeout: 90_000}, async () => {
  const {queue, keys} = context.newQueue()
  const work = ['work', '-q', queue, '--until-empty']
  await push(
    context,
    keys,
    text([
      {op: 'd', sku: 'a', seq: 2},
      {op: 'd', sku: 'z', seq: 2},
      {op: 'u', sku: 'b', n: 5, seq: 2},
      {op: 'd', sku: 'c', seq: 1},
      {op: 'd', sku: 'd', seq: 2, n: -1},
      {op: 'gone', sku: 'b', seq: 3},
    ]),
  )
  const env = cliEnv({QTOOL_OP_FIELD: '$.op'})
  const flags = [...table('stock'), '--on-conflict', 'update', '--newest-by', 'seq']
  const first = await cli([...work, ...flags], {env})
  expect(first).toMatchObject({code: 3})
  expect(first.stdout).toMatch(/inserted +0 rows\n *updated +1 row\n *deleted +1 row\n *already there +1\n/)
  expect(first.stdout).toMatch(/already gone +1 delete of rows that were not there\n/)

  const other = await cliJson([...work, ...flags])
  expect(other).toMatchObject({code: 2, json: {error: {code: 'OTHER_MAPPING'}}})
  expect(other.json.error.message).toContain('--newest-by seq --op-field op')

  await push(context, keys, text([{op: 'd', sku: 'b', seq: 3}]))
  expect(await cliJson(work)).toMatchObject({code: 0, json: {deleted: 1, inserted: 0}})
  expect((await cliJson(['inspect', '-q', queue])).json.totals).toMatchObject({
    ...{inserted: 0, updated: 1, deleted: 2, alreadyGone: 1, alreadyThere: 1, deadLettered: 2},
  })

  const diagnose = async () => (await cliJson(['dlq', 'diagnose', '-q', queue])).json
  const before = await diagnose()
  expect(before).toMatchObject({matched: 2, passing: 0})
  // A value that the delete does not need stands in nobody's way
  const codes = before.obstacles.map(({code}: {code: string}) => code).sort()
  expect(codes).toEqual([expect.stringMatching(/^(23001|23503)$/), 'UNKNOWN_OP'])
  await context.pool.query('TRUNCATE shelf')
  expect(await diagnose()).toMatchObject({matched: 2, passing: 1})
  expect((await cliJson(['dlq', 'replay', '-q', queue, '--only-passing'])).json).toMatchObject({replayed: 1})
  expect(await cliJson(work)).toMatchObject({json: {deleted: 1, deadLettered: 0}})
  const {rows} = await context.pool.query('SELECT sku, op FROM stock ORDER BY 1')
  expect(rows).toEqual([{sku: 'c', op: null}])
})

it('reads what a record does from any place that a mapping can name', {timeout: 60_000}, async () => {
  const {queue, keys} = context.newQueue()
  await context.pool.query(`CREATE TABLE feed (id int PRIMARY KEY, v int, gone_at timestamptz, meta json)`)
  await context.pool.query(`INSERT INTO feed SELECT n, 0 FROM generate_series(1, 4) n`)
  const envelope = {changeType: 'DELETE', points: [{data: {id: 1}}, {data: {id: 2}}]}
  await push(context, keys, text([envelope, {changeType: 'UPDATE', points: [{data: {id: 3, v: 3}}]}]))
  const common = ['work', '-q', queue, '--until-empty', ...table('feed'), '--on-conflict', 'update']
  const map = ['--map', 'id=data.id', '--map', 'v=data.v']
  const around = await cliJson([
    ...common,
    ...map,
    '--op-field',
    '$envelope.changeType',
    '--soft-delete',
    'gone_at',
  ])
  expect(around).toMatchObject({code: 0, json: {deleted: 2, updated: 1, deadLettered: 0}})

  const nested = context.newQueue()
  await push(
    context,
    nested.keys,
    text([
      {meta: {op: 'd'}, id: 4},
      {meta: {op: 'c'}, id: 5, v: 5},
    ]),
  )
  const flags = [...common.with(2, nested.queue), '--strict', '--op-field', 'meta.op']
  expect(await cliJson(flags)).toMatchObject({code: 0, json: {deleted: 1, inserted: 1, deadLettered: 0}})
  const {rows} = await context.pool.query('SELECT id, v, gone_at IS NULL AS live, meta FROM feed ORDER BY 1')
  expect(rows).toEqual([
    {id: 1, v: 0, live: false, meta: null},
    {id: 2, v: 0, live: false, meta: null},
    {id: 3, v: 3, live: true, meta: null},
    {id: 5, v: 5, live: true, meta: {op: 'c'}},
  ])

  const camel = context.newQueue()
  await push(
    context,
    camel.keys,
    text([
      {changeOp: 'D', id: 5},
      {changeOp: 'D', change_op: 'c', id: 3},
    ]),
  )
  const cameled = [...common.with(2, camel.queue), '--strict', '--camel-case', '--op-field', 'change_op']
  expect(await cliJson(cameled)).toMatchObject({code: 3, json: {deleted: 1, deadLettered: 1}})
})

it('a check says what would be deleted, and looks at nothing else of a delete', {
  timeout: 60_000,
}, async () => {
  const {queue} = context.newQueue()
  await context.pool.query(`CREATE TABLE checked (id int PRIMARY KEY, v int, w int, gone boolean);
INSERT INTO checked VALUES (1, 1), (2, 2)`)
  const flags = [...table('checked'), '--on-conflict', 'update', '--op-field', 'op', '--soft-delete', 'gone']
  await cliJson(['work', '-q', queue, ...flags, '--until-empty'])
  const path = join(folder, 'feed.ndjson')
  const records = [{op: 'd', id: 1, w: 'text'}, {op: 'd', id: 9}, {op: 'u', id: 2, v: 3}, {op: 'd'}, {id: 3}]
  await writeFile(path, text(records).join('\n'))
  const {code, stdout} = await cli(['check', path, '-q', queue])
  expect(code).toBe(5)
  expect(stdout).toContain('3 of 5 records would pass')
  expect(stdout).toContain('1 would delete a row\n')
  expect(stdout).toContain('1 would delete a row that is already gone\n')
  expect(stdout).toMatch(/NO_KEY/)
  expect(stdout).toMatch(/UNKNOWN_OP/)
  expect(stdout).not.toMatch(/ALTER|"w"/)
  expect(stdout).toMatch(/no record gives: w\n?$/m)
  const {rows} = await context.pool.query('SELECT * FROM checked ORDER BY 1')
  expect(rows).toEqual([
    {id: 1, v: 1, w: null, gone: null},
    {id: 2, v: 2, w: null, gone: null},
  ])
})
