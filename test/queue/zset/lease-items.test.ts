import {expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {held, nothing, queueOf} from '../../support/leases.ts'

const context = useServers()

it('a lease keeps the scores of its items', async () => {
  const {keys, engine, take} = await queueOf(context, 'a', 'b', 'c')
  const lease = held(await take(2))
  expect(await context.redis.zrange(keys.lease(lease.id), '0', '-1', 'WITHSCORES')).toEqual([
    'a',
    '0',
    'b',
    '1',
  ])
  const places = await engine.places(lease)
  expect([places.at(0), places.at(1)]).toEqual([0, 1])
})

it('records that wait have the scores that they are given', async () => {
  const {keys, engine, take} = await queueOf(context, 'a')
  const lease = held(await take(1))
  await engine.settle(lease, {...nothing, postponed: [{score: 7, text: 'b'}]})
  expect(await context.redis.zrange(keys.lease(`${lease.id}.f1`), '0', '-1', 'WITHSCORES')).toEqual([
    'b',
    '7',
  ])
})
