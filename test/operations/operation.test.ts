import {expect, it} from 'vitest'
import {perform} from '../../src/operations/operation.ts'
import {PURGE} from '../../src/operations/purge.ts'
import {callerOf, READER} from '../support/caller.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()

async function queueOf(items: string[]) {
  const at = context.newQueue()
  await push(context, at.keys, items)
  const asked: number[] = []
  const consent = {
    dryRun: false,
    confirm: async ({affected}: {affected: number}) => {
      asked.push(affected)
    },
  }
  const left = () => context.redis.zrange(at.keys.ready, '0', '-1')
  const audit = () => callerOf(context, at.queue).audit.latest({limit: 9, queue: at.queue})
  return {...at, asked, consent, left, audit}
}

it('asks about what was planned, then runs, and is in the audit', async () => {
  const {queue, asked, consent, left, audit} = await queueOf(['{"n":1}', '{"n":2}'])
  const {plan, result} = await perform(callerOf(context, queue), PURGE, {}, consent)
  expect([plan.affected, asked, result.purged, await left()]).toEqual([2, [2], 2, []])
  expect(await audit()).toMatchObject([
    {action: 'purge', who: 'ann@host', filter: 'all', state: 'done', count: 2, profile: null},
  ])
})

it('changes nothing if it is only planned, and asks nobody', async () => {
  const {queue, asked, consent, left, audit} = await queueOf(['{"n":1}'])
  const done = await perform(callerOf(context, queue), PURGE, {}, {...consent, dryRun: true})
  expect(done).toMatchObject({plan: {affected: 1}, result: {matched: 1, purged: 0}})
  expect([asked, await left(), await audit()]).toEqual([[], ['{"n":1}'], []])
})

it('may be planned, but not run, by somebody who may only read; nobody is asked', async () => {
  const {queue, asked, consent, left, audit} = await queueOf(['{"n":1}'])
  const caller = callerOf(context, queue, {actor: READER})
  expect((await perform(caller, PURGE, {}, {...consent, dryRun: true})).plan.affected).toBe(1)
  await expect(perform(caller, PURGE, {}, consent)).rejects.toMatchObject({kind: 'refused'})
  expect([asked, await left(), await audit()]).toEqual([[], ['{"n":1}'], []])
})

it('changes nothing if the user says no', async () => {
  const {queue, consent, left, audit} = await queueOf(['{"n":1}'])
  const no = async () => Promise.reject(new Error('no'))
  await expect(perform(callerOf(context, queue), PURGE, {}, {...consent, confirm: no})).rejects.toThrow('no')
  expect([await left(), await audit()]).toEqual([['{"n":1}'], []])
})

it('asks nothing and leaves no audit line if nothing would be affected', async () => {
  const {queue, keys, asked, consent, audit} = await queueOf([])
  await context.redis.hset(keys.stats, 'enqueued', 1)
  const {result} = await perform(callerOf(context, queue), PURGE, {}, consent)
  expect(result).toEqual({queue, matched: 0, purged: 0, trash: null, until: null})
  expect([asked, await audit()]).toEqual([[], []])
})

it('ends after planning if it is interrupted meanwhile', async () => {
  const {queue, asked, consent, left} = await queueOf(['{"n":1}'])
  const caller = callerOf(context, queue, {signal: AbortSignal.abort()})
  expect((await perform(caller, PURGE, {}, consent)).result).toMatchObject({matched: 1, purged: 0})
  expect([asked, await left()]).toEqual([[], ['{"n":1}']])
})

it('refuses a queue that Redis does not know, and says which are like it', async () => {
  const {queue, consent} = await queueOf(['{"n":1}'])
  const caller = callerOf(context, `${queue}x`)
  await expect(perform(caller, PURGE, {}, consent)).rejects.toMatchObject({
    code: 'NO_QUEUE',
    kind: 'usage',
    suggestions: expect.arrayContaining([`did you mean "${queue}"?`]),
  })
})
