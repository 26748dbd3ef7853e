import {beforeEach, describe, expect, it} from 'vitest'
import {QtoolError} from '../../../src/errors.ts'
import type {SinkOptions} from '../../../src/sink/sink.ts'
import {useServers} from '../../support/context.ts'
import {drainRouted, routedSinks} from '../../support/routed.ts'

const ROUTES = ['t=o:$s.orders', 't=p:$s.points', 't=q:$s."odd,t:a.b"']
const context = useServers()

beforeEach(async () => {
  await context.pool.query('DROP TABLE IF EXISTS orders, points, bare, "odd,t:a.b"')
  await context.pool.query(`CREATE TABLE orders (id int PRIMARY KEY, code int UNIQUE, v int, changed int, gone boolean);
CREATE TABLE points (uuid int UNIQUE, code int UNIQUE, v int, seq int);
CREATE TABLE "odd,t:a.b" (id int PRIMARY KEY, code int UNIQUE, v int);
CREATE TABLE bare (v int)`)
})

/** @param options in which $s stands for the schema, as in the routes */
const open = (options: Partial<SinkOptions>, routes = ROUTES) => {
  const inSchema = (text: string) => text.replaceAll('$s', context.schema)
  const own = JSON.parse(inSchema(JSON.stringify(options))) as Partial<SinkOptions>
  return routedSinks(context, [], {onConflict: 'update', ...own, routes: routes.map(inSchema)})
}

/** What is known of each table: its key, and the columns that decide. */
async function opened(options: Partial<SinkOptions>) {
  const {all} = await open(options)
  return Object.fromEntries(
    all.map(({table, upsert}) => {
      const names = (columns: number[] = []) => columns.map((column) => table.columns[column].name).join()
      const {newestBy, deletes} = upsert ?? {}
      return [
        table.name[1],
        {
          key: names(upsert?.key),
          sets: names(upsert?.columns),
          by: names(newestBy === undefined ? [] : [newestBy]),
          soft: names(deletes?.soft ? [deletes.soft.column] : []),
        },
      ]
    }),
  )
}

describe('what is said of several tables', () => {
  it('a name without a table counts for each table that has none of its own', async () => {
    expect(await opened({key: ['code']})).toMatchObject({
      r: {key: 'code'},
      o: {key: 'code'},
      d: {key: 'code'},
    })
    expect(await opened({key: ['$s.orders:id', 'code']})).toMatchObject({
      r: {key: 'id'},
      o: {key: 'code'},
      d: {key: 'code'},
    })
  })

  it('a table that is named keeps others at their usual key', async () => {
    expect(await opened({key: ['$s.points:uuid']})).toMatchObject({
      r: {key: 'id'},
      o: {key: 'uuid'},
      d: {key: 'id'},
    })
  })

  it('a quoted name may hold commas, colons and dots', async () => {
    const found = await opened({key: ['$s."odd,t:a.b":code', '$s.points:uuid']})
    expect(found).toMatchObject({r: {key: 'id'}, o: {key: 'uuid'}, d: {key: 'code'}})
  })

  it('columns that an update sets are those of the table, too', async () => {
    const found = await opened({
      key: ['$s.points:uuid'],
      updateColumns: ['v', '$s.orders:code', '$s.orders:v'],
    })
    expect(found).toMatchObject({r: {sets: 'code,v'}, o: {sets: 'v'}, d: {sets: 'v'}})
  })

  it('--newest-by and --soft-delete count for each table that has the column', async () => {
    const found = await opened({key: ['code'], newestBy: 'changed,seq', softDelete: 'gone', opField: 'op'})
    expect(found).toMatchObject({
      r: {by: 'changed', soft: 'gone'},
      o: {by: 'seq', soft: ''},
      d: {by: '', soft: ''},
    })
  })

  it('a column of --newest-by that is named with its table counts for no other', async () => {
    const found = await opened({key: ['code'], newestBy: '$s.orders:v'})
    expect(found).toMatchObject({r: {by: 'v'}, o: {by: ''}, d: {by: ''}})
  })

  it('keeps the whole names of tables', async () => {
    const {schema} = context
    const {conflict} = await open({key: ['$s.points:uuid', 'id'], newestBy: '$s.orders:v'})
    expect(conflict).toEqual({
      ...{onConflict: 'update', key: [`"${schema}"."points":uuid`, 'id']},
      newestBy: `"${schema}"."orders":v`,
    })
  })
})

it.each<[Partial<SinkOptions>, RegExp, RegExp]>([
  [
    {},
    /^--on-conflict update: .*"points" has several unique keys and no primary key$/,
    /--key .*points:uuid, or --key .*points:code$/,
  ],
  [
    {key: ['id']},
    /^--key names "id", which t_\w+\.points does not have$/,
    /name its own: --key t_\w+\.points:COLUMN/,
  ],
  [
    {key: ['code'], updateColumns: ['changed']},
    /^--update-columns names "changed", which t_\w+\.points does not have$/,
    /--update-columns t_/,
  ],
  [
    {key: ['code'], newestBy: 'nope'},
    /^--newest-by names "nope", which none of t_\w+\.orders, .*points, .* has$/,
    /^$/,
  ],
  [
    {key: ['code'], newestBy: 'v,changed'},
    /^--newest-by names 2 columns of t_\w+\.orders: v, changed$/,
    /^name one of them: --newest-by t_\w+\.orders:v$/,
  ],
  [
    {key: ['code'], newestBy: '$s.bare:v'},
    /^--newest-by names the table t_\w+\.bare, which no route leads to$/,
    /^tables of the routes: t_\w+\.orders, t_\w+\.points, /,
  ],
  [
    {key: ['$s.nowhere:id']},
    /^--key names the table t_\w+\.nowhere, which no route leads to$/,
    /^tables of the routes: /,
  ],
  [
    {key: ['code'], newestBy: '$s.orders:seq'},
    /^--newest-by names "seq", which is no column of .*"orders"$/,
    /columns: /,
  ],
  [{key: ['code'], softDelete: 'gone'}, /^--soft-delete needs --op-field$/, /^$/],
  [{key: ['1:x']}, /^expected the name of a table as in SQL, got "1"/, /^write schema.table/],
])('refuses %j', async (options, message, help) => {
  const error = await open(options).then(
    () => undefined,
    (one: unknown) => one,
  )
  if (!(error instanceof QtoolError)) throw new Error(`expected a QtoolError, got ${String(error)}`)
  expect(error.kind).toBe('usage')
  expect(error.message).toMatch(message)
  expect(error.suggestions.join('\n')).toMatch(help)
})

it('a table without any key is named', async () => {
  const error = open({}, ['t=o:$s.orders', 't=b:$s.bare'])
  await expect(error).rejects.toThrow(/^--on-conflict update: .*"bare" has no unique key over plain columns$/)
})

it('counts for each table what was inserted and updated', async () => {
  const sinks = await open({key: ['$s.points:uuid'], newestBy: 'seq'})
  const items = [
    ...[
      {t: 'o', id: 1, v: 1},
      {t: 'p', uuid: 1, v: 1, seq: 5},
      {t: 'q', id: 1},
    ],
    ...[
      {t: 'o', id: 1, v: 2},
      {t: 'p', uuid: 1, v: 2, seq: 4},
      {t: 'q', id: 1},
    ],
  ]
  // One lease for each, so that none supersedes another
  const {tally} = await drainRouted(context, sinks, items, {batch: 1})
  const of = (table: string) => tally.tables[`${context.schema}.${table}`]
  expect(of('orders')).toMatchObject({inserted: 1, updated: 1, alreadyThere: 0})
  expect(of('points')).toMatchObject({inserted: 1, updated: 0, alreadyThere: 1})
  expect(
    (await context.pool.query('SELECT (SELECT v FROM orders) o, (SELECT v FROM points) p')).rows,
  ).toEqual([{o: 2, p: 1}])
})

it('a key that is named decides what is already there without updates, too', async () => {
  const sinks = await routedSinks(context, ['t=p:points'], {key: [`${context.schema}.points:code`]})
  const {tally} = await drainRouted(context, sinks, [
    {t: 'p', uuid: 1, code: 5},
    {t: 'p', uuid: 2, code: 5},
  ])
  expect(tally).toMatchObject({inserted: 1, alreadyThere: 1})
})
