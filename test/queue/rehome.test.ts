import {describe, expect, it} from 'vitest'
import type {QueueSaid} from '../../src/config/queue-said.ts'
import {openQueue} from '../../src/queue/open.ts'
import {rehomeQueue} from '../../src/queue/rehome.ts'
import {cli, cliJson} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {workerState} from '../support/worker-state.ts'

const context = useServers()

/** A queue that was bound to a key which nobody meant. */
async function misbound(said: QueueSaid = {engine: 'list', listPops: 'right'}) {
  const {queue: name, keys} = context.newQueue()
  const [wrong, right] = [`wrong ${name}`, `right ${name}`]
  await (await openQueue(context.redis, {name, key: wrong, ...said})).keep()
  const rehome = (anew: QueueSaid) => rehomeQueue(context.redis, {name, ...anew})
  const home = async () => {
    const {origin, ...fields} = await context.redis.hgetall(keys.sink)
    return fields
  }
  return {name, keys, wrong, right, rehome, home}
}

describe('a queue that was bound to a wrong key', () => {
  it('is bound to another one, whose end has to be said', async () => {
    const {right, rehome, home} = await misbound()
    await context.redis.rpush(right, 'a')
    expect(await rehome({key: right})).toBe(true)
    expect(await home()).toEqual({ready_key: right, engine: 'list'})
    expect(await rehome({key: right, listPops: 'left'})).toBe(true)
    expect(await home()).toEqual({ready_key: right, engine: 'list', list_pops: 'left'})
    expect(await rehome({key: right, listPops: 'left'})).toBe(false)
    expect(await rehome({})).toBe(false)
  })

  it('becomes what the other key holds, also the usual one', async () => {
    const {keys, right, rehome, home} = await misbound()
    await context.redis.xadd(right, '*', 'a', '1')
    await rehome({key: right})
    expect(await home()).toEqual({ready_key: right, engine: 'stream'})
    await context.redis.del(right)
    await context.redis.zadd(keys.ready, 1, 'a')
    await rehome({key: keys.ready})
    expect(await home()).toEqual({engine: 'zset'})
  })

  it('stays while the wrong key holds items', async () => {
    const {wrong, right, rehome, home} = await misbound()
    await context.redis.rpush(wrong, 'a', 'b')
    const before = await home()
    await expect(rehome({key: right})).rejects.toMatchObject({code: 'LEFT_BEHIND', kind: 'refused'})
    await expect(rehome({key: right})).rejects.toThrow(`stays with key ${wrong}: it holds 2 items`)
    expect(await home()).toEqual(before)
  })

  it('stays while a lease is held, and while a worker drains it', async () => {
    const {name, wrong, rehome, home} = await misbound()
    await context.redis.rpush(wrong, 'a')
    const queue = await openQueue(context.redis, {name})
    await queue.take({taker: 't', turn: 1, count: 1, lengthMs: 60_000})
    await expect(rehome({listPops: 'left'})).rejects.toThrow('workers hold leases of it')
    const other = await misbound()
    await context.redis.hset(other.keys.workers, 'w', JSON.stringify(workerState('w', {seenAt: Date.now()})))
    await expect(other.rehome({listPops: 'left'})).rejects.toThrow('1 worker process drains it')
    expect((await home()).list_pops).toBe('right')
  })

  it('of a list that is popped from the other end is turned around', async () => {
    const {name, wrong, rehome} = await misbound()
    await context.redis.rpush(wrong, 'first', 'last')
    expect((await (await openQueue(context.redis, {name})).peek(1))[0].payload).toBe('last')
    await rehome({listPops: 'left'})
    expect((await (await openQueue(context.redis, {name})).peek(1))[0].payload).toBe('first')
  })
})

it('work --rebind says a key and an end anew, and leaves the table', async () => {
  await context.pool.query('CREATE TABLE anew (a int)')
  const {queue} = context.newQueue()
  const [wrong, right] = [`wrong ${queue}`, `right ${queue}`]
  const work = ['work', '-q', queue, '--until-empty']
  const table = ['--table', `${context.schema}.anew`]
  expect((await cli([...work, ...table, '--redis-key', wrong, '--list-pops', 'left'])).code).toBe(0)
  await context.redis.lpush(right, '{"a":1}')
  const refused = await cli([...work, '--redis-key', right])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('qtool work --rebind with this flag')
  await context.redis.rpush(wrong, '{"a":0}')
  const anew = [...work, '--rebind', '--redis-key', right, '--list-pops', 'right']
  expect(await cli(anew)).toMatchObject({code: 6, stderr: expect.stringContaining('it holds 1 item')})
  await context.redis.del(wrong)
  const {json} = await cliJson(anew)
  expect(json).toMatchObject({table: `${context.schema}.anew`, inserted: 1})
  expect((await cliJson(['inspect', '-q', queue])).json).toMatchObject({engine: 'list', readyKey: right})
})
