import {expect, it} from 'vitest'
import {reportWorker} from '../../src/queue/worker-state.ts'
import {cliJson} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {workerState} from '../support/worker-state.ts'

const context = useServers()

async function warningsOf(...mappings: Array<string | null>) {
  const {queue, keys} = context.newQueue()
  for (const [i, mapping] of mappings.entries()) {
    await reportWorker(context.redis, keys, workerState(`w${i}`, {host: `db-${i}`, pid: i + 1, mapping}))
  }
  const {json} = await cliJson(['inspect', '-q', queue])
  expect(json.workers.map((worker: {mapping: unknown}) => worker.mapping)).toEqual(mappings)
  return json.warnings as string[]
}

it('tells workers apart that write one queue in different ways', async () => {
  expect(await warningsOf('orders --records a', 'orders --records b', 'orders --records a')).toEqual([
    expect.stringContaining(
      'in different ways; stop those that are wrong: db-0:1, db-2:3 orders --records a; db-1:2 orders --records b',
    ),
  ])
})

it('says nothing of workers that agree, or do not say how they write', async () => {
  expect(await warningsOf('orders --records a', null, 'orders --records a')).toEqual([])
})
