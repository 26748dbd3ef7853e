import {expect, it} from 'vitest'
import type {Sink} from '../../src/sink/sink.ts'
import {drainAll, push, testSink, useServers} from '../support/context.ts'

const context = useServers()

it('a lease whose table keeps changing is given back, and written once the table is at rest', async () => {
  await context.pool.query('CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent VALUES (1)')
  await context.pool.query('CREATE TABLE child (p int REFERENCES parent)')
  const at = context.newQueue()
  await push(context, at.keys, ['{"p":1}', '{"p": 1}'])
  // As if it had changed once more since it was read, more often in a row than a lease tries
  let changes = 8
  const outdate = (sink: Sink) => {
    if (changes-- > 0) Object.assign(sink.table, {state: 'of before'})
  }
  const sink = await testSink(context, 'child')
  expect(sink.keys.way).toBe('set')
  outdate(sink)
  const returned: string[] = []
  const observers = [
    {
      sinkChanged: outdate,
      gaveBack: (_: unknown, why: string, error: unknown) =>
        returned.push(`${why}: ${(error as Error).message}`),
    },
  ]
  const tally = await drainAll(context, sink, at, {workers: 1, observers})
  expect(tally).toMatchObject({inserted: 2, deadLettered: 0})
  expect(returned).toEqual([
    expect.stringMatching(/^untried: the triggers or keys of \S*child" have changed$/),
  ])
})
