import {beforeAll, expect, it} from 'vitest'
import type {QueueEngine} from '../../src/queue/engine.ts'
import type {SinkOptions} from '../../src/sink/sink.ts'
import {Sinks} from '../../src/sink/sinks.ts'
import {keepsOrder, orderNotes} from '../../src/worker/order.ts'
import {type Policy, USUAL} from '../../src/worker/policy.ts'
import {testSink, useServers} from '../support/context.ts'

const context = useServers()

beforeAll(() =>
  context.pool.query(`CREATE TABLE t (id int PRIMARY KEY, seq int, gone boolean);
CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree); CREATE TABLE leaf (t int REFERENCES t)`),
)

const FEED: Partial<SinkOptions> = {onConflict: 'update', newestBy: 'seq', opField: 'op'}
const LIST = {kind: 'list', shards: null} as const
const sinksOf = async (options: Partial<SinkOptions>) => new Sinks([await testSink(context, 't', options)])
const policy = (workers: number, order?: Policy['order'], processes = 1) => ({
  ...{...USUAL, workers, order},
  fuse: {...USUAL.fuse, processes},
})

it('keeps the order of records that delete rows, unless told otherwise', async () => {
  const [feed, upserts] = [await sinksOf(FEED), await sinksOf({onConflict: 'update'})]
  expect([undefined, 'free', 'strict'].map((order) => keepsOrder(feed, policy(4, order as never)))).toEqual([
    true,
    false,
    true,
  ])
  expect([undefined, 'strict'].map((order) => keepsOrder(upserts, policy(4, order as never)))).toEqual([
    false,
    true,
  ])
})

it('says how many leases are worked on, and what the other way would mean', async () => {
  const feed = await sinksOf(FEED)
  expect(orderNotes(LIST, feed, policy(4))).toEqual([
    expect.stringMatching(/^records delete rows, so one lease/),
  ])
  expect(orderNotes(LIST, feed, policy(1, undefined, 3))).toHaveLength(1)
  expect(orderNotes(LIST, feed, policy(1))).toEqual([])
  expect(orderNotes(LIST, feed, policy(4, 'free'))).toEqual([expect.stringContaining('brings its row back')])
})

it('says which upserts do not keep the order', async () => {
  const upserts = await sinksOf({onConflict: 'update'})
  expect(orderNotes(LIST, upserts, policy(4))).toEqual([expect.stringContaining('may not be the last')])
  for (const kept of [policy(1), policy(4, 'strict')]) expect(orderNotes(LIST, upserts, kept)).toEqual([])
  const versioned = await sinksOf({onConflict: 'update', newestBy: 'seq'})
  expect(orderNotes(LIST, versioned, policy(4))).toEqual([])
})

it('says which queues cannot keep a feed', async () => {
  const withoutVersion = await sinksOf({...FEED, newestBy: undefined})
  const [one] = [policy(1)]
  const set = {kind: 'zset', shards: null} as const
  expect(orderNotes(set, withoutVersion, one)).toEqual([expect.stringContaining('identical records once')])
  expect(orderNotes(LIST, withoutVersion, one)).toEqual([])
  expect(orderNotes(set, await sinksOf(FEED), one)).toEqual([])
  const spread = (shardBy?: string) =>
    ({kind: 'zset', shards: {map: {shards: 3, shardBy}}}) as unknown as Pick<QueueEngine, 'kind' | 'shards'>
  expect(orderNotes(spread(), await sinksOf(FEED), one)).toEqual([expect.stringContaining('--shard-by')])
  expect(orderNotes(spread('id'), await sinksOf(FEED), one)).toEqual([])
})

it('keeps the order where a table refers to one of its queue, unless children wait for their parents', async () => {
  const [t, tree, leaf] = await Promise.all(['t', 'tree', 'leaf'].map((name) => testSink(context, name)))
  const waiting = {...policy(4), foreignKeys: {retries: 1, delayMs: 0}}
  for (const [sinks, note] of [
    [new Sinks([tree]), /^\S*tree refers to itself, so one lease/],
    [new Sinks([t, leaf]), /^\S*leaf refers to \S*t, so one lease/],
  ] as const) {
    expect([policy(4), waiting, policy(4, 'free')].map((one) => keepsOrder(sinks, one))).toEqual([
      true,
      false,
      false,
    ])
    expect(orderNotes(LIST, sinks, policy(4))).toEqual([expect.stringMatching(note)])
    expect(orderNotes(LIST, sinks, policy(4, 'free'))).toEqual([
      expect.stringContaining('is refused while its parent'),
    ])
    for (const said of [waiting, policy(1)]) expect(orderNotes(LIST, sinks, said)).toEqual([])
  }
  expect(keepsOrder(new Sinks([leaf]), policy(4))).toBe(false)
  expect(keepsOrder(new Sinks([t]), policy(4))).toBe(false)
})
