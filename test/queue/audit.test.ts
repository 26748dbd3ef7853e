import {expect, it} from 'vitest'
import {readAudit, withAudit} from '../../src/queue/audit.ts'
import {useServers} from '../support/context.ts'

const context = useServers()
const did = (queue: string) => ({who: 'ann@host', action: 'purge', queue, profile: null, filter: 'all'})
const record = (queue: string, count: number) =>
  withAudit(context.redis, did(queue), async (progress) => {
    progress.count = count
  })

it('reads as many lines as are wanted, newest first, over many pages', async () => {
  const {queue} = context.newQueue()
  for (let i = 0; i < 450; i++) await record(queue, i)
  await record(`${queue}-2`, 450)
  const read = async (options: {limit: number; queue?: string}) =>
    (await readAudit(context.redis, options)).map(({count}) => count)
  expect(await read({limit: 2, queue: `${queue}-2`})).toEqual([450])
  expect(await read({limit: 300, queue})).toEqual(Array.from({length: 300}, (_, i) => 449 - i))
  expect(await read({limit: 451})).toHaveLength(451)
})

it('has a line of an operation before it ends, and one of each that was killed', async () => {
  const {queue} = context.newQueue()
  const during = await withAudit(context.redis, did(queue), () => readAudit(context.redis, {limit: 5, queue}))
  expect(during).toMatchObject([{state: 'started', count: null, endedAt: null, filter: 'all'}])
  const [line] = await readAudit(context.redis, {limit: 5, queue})
  expect(line).toMatchObject({state: 'done', count: 0, endedAt: expect.stringMatching(/Z$/)})
})

it('tells how an operation ended, and how far it came', async () => {
  const {queue} = context.newQueue()
  await withAudit(context.redis, did(queue), async (progress) => {
    Object.assign(progress, {count: 7, interrupted: true})
  })
  const failing = withAudit(context.redis, did(queue), async (progress) => {
    progress.count = 3
    throw new Error('gone wrong')
  })
  await expect(failing).rejects.toThrow('gone wrong')
  expect(await readAudit(context.redis, {limit: 5, queue})).toMatchObject([
    {state: 'failed', count: 3},
    {state: 'interrupted', count: 7},
  ])
})
