import {expect, it} from 'vitest'
import {useCheckedQueues} from '../support/checked-queue.ts'
import {useServers} from '../support/context.ts'

const context = useServers()
const newCheckedQueue = useCheckedQueues(context)

async function setUp() {
  const queue = await newCheckedQueue()
  const insert = async (item: string) => {
    const {id, body} = JSON.parse(item)
    await context.pool.query(`INSERT INTO ${queue.table} VALUES ($1, $2)`, [id, body])
    await context.redis.zrem(queue.keys.ready, item)
  }
  return {...queue, insert}
}

it('has nothing to say where every item is one row', async () => {
  const {items, insert, check} = await setUp()
  for (const item of items) await insert(item)
  expect(await check()).toMatchObject({lost: 0, duplicated: 0, rows: 10, problems: []})
})

it('finds what is nowhere', async () => {
  const {keys, items, check} = await setUp()
  await context.redis.zrem(keys.ready, ...items.slice(0, 3))
  expect(await check()).toMatchObject({lost: 3, ready: 7})
})

it('finds a row that is a dead letter as well', async () => {
  const {keys, items, insert, check} = await setUp()
  await context.redis.zadd(keys.dead, 1, JSON.stringify({code: '57P01', payload: items[0]}))
  await insert(items[0])
  expect(await check()).toMatchObject({duplicated: 1, deadLetters: 1})
})

it('finds what nobody sent', async () => {
  const {insert, check} = await setUp()
  await insert('{"id":99,"body":"body 99"}')
  expect(await check()).toMatchObject({unexpected: 1})
})

it('finds a body that is not the one sent', async () => {
  const {items, insert, check} = await setUp()
  await insert(items[0].replace('body 0', 'Body 0'))
  expect(await check()).toMatchObject({wrongBytes: 1, lost: 0})
})

it('finds the state of a lease that is gone', async () => {
  const {keys, check} = await setUp()
  await context.redis.hset(keys.attempts, 'gone', '1 1 0')
  expect((await check()).problems).toEqual(['attempts without a lease: gone'])
})
