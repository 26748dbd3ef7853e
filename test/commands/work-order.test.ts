import {beforeAll, expect, it} from 'vitest'
import {cli, cliJson} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'
import {feedOf} from '../support/feed.ts'

const context = useServers()

beforeAll(() => context.pool.query('CREATE TABLE feed (id int PRIMARY KEY, v int NOT NULL)'))

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
