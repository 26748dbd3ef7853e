import {expect, it} from 'vitest'
import {readAudit, recordAudit} from '../../src/queue/audit.ts'
import {callsOf} from '../support/calls.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

it('asks for no more lines than it shows, or a page of them', async () => {
  const {queue} = context.newQueue()
  const record = (count: number, name = queue) =>
    recordAudit(context.redis, {action: 'purge', queue: name, profile: null, filter: 'all', count})
  for (let i = 0; i < 450; i++) await record(i)
  await record(450, `${queue}-2`)
  const read = async (options: {limit: number; queue?: string}) =>
    (await readAudit(context.redis, options)).map(({count}) => count)
  expect(await read({limit: 2, queue: `${queue}-2`})).toEqual([450])
  expect(await read({limit: 300, queue})).toEqual(Array.from({length: 300}, (_, i) => 449 - i))
  expect(await read({limit: 451})).toHaveLength(451)
  const calls = await callsOf(context.redis, 'xrevrange', () => read({limit: 2}))
  expect(calls).toEqual(['qtool:audit+-COUNT2'.length])
})
