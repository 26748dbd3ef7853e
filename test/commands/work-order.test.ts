import {beforeAll, expect, it} from 'vitest'
import {cli, cliJson} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'
import {feedOf} from '../support/feed.ts'

const context = useServers()

beforeAll(() =>
  context.pool.query(`CREATE TABLE feed (id int PRIMARY KEY, v int NOT NULL);
CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree);
CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE lines (id int REFERENCES orders)`),
)

it('leaves the rows of a feed in its order, with several workers in several processes', {
  timeout: 90_000,
}, async () => {
  const {queue, keys} = context.newQueue()
  const {items, rows} = feedOf(3000, 1)
  await push(context, keys, items)
  const work = ['work', '-q', queue, '--until-empty', '--batch', '20', '--workers', '4']
  const flags = ['--table', `${context.schema}.feed`, '--on-conflict', 'update', '--op-field', 'op']
  const [first, second] = await Promise.all([cliJson([...work, ...flags]), cliJson([...work, ...flags])])
  expect([first.code, second.code]).toEqual([0, 0])
  expect((await context.pool.query('SELECT * FROM feed ORDER BY id')).rows).toEqual(rows)
})

it('says at its start how it keeps the order', async () => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"op":"d","id":1}'])
  const flags = ['--table', `${context.schema}.feed`, '--on-conflict', 'update', '--op-field', 'op']
  const {stderr} = await cli(['work', '-q', queue, '--until-empty', ...flags])
  expect(stderr).toContain('one lease is worked on at a time')
  expect(stderr).toContain('a sorted set keeps identical records once')
})

const COUNT = 2000

it.each([
  ['a table that refers to itself', ['tree'], (i: number) => ({id: i, up: i === 0 ? null : i - 1})],
  [
    'two tables of a queue',
    ['orders', 'lines'],
    (i: number) => (i % 2 === 0 ? {t: 'orders', id: i} : {t: 'lines', id: i - 1}),
  ],
] as const)(
  'writes parents before their children, in whatever leases they are: %s',
  {timeout: 90_000},
  async (_, tables, record) => {
    const {queue, keys} = context.newQueue()
    await push(
      context,
      keys,
      Array.from({length: COUNT}, (_, i) => JSON.stringify(record(i))),
    )
    const into =
      tables.length === 1
        ? ['--table', `${context.schema}.${tables[0]}`]
        : tables.flatMap((table) => ['--route', `t=${table}:${context.schema}.${table}`])
    const work = ['work', '-q', queue, '--until-empty', '--batch', '15', '--workers', '4', ...into]
    const both = await Promise.all([cliJson(work), cliJson(work)])
    expect(both.map(({code, json}) => [code, json.deadLettered])).toEqual([
      [0, 0],
      [0, 0],
    ])
    const counts = await Promise.all(
      tables.map(
        async (table) => (await context.pool.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n,
      ),
    )
    expect(counts.reduce((sum, n) => sum + n)).toBe(COUNT)
  },
)
