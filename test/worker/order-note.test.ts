import {beforeAll, expect, it} from 'vitest'
import type {SinkOptions} from '../../src/sink/sink.ts'
import {Sinks} from '../../src/sink/sinks.ts'
import {orderNote} from '../../src/worker/order-note.ts'
import {USUAL} from '../../src/worker/policy.ts'
import {testSink, useServers} from '../support/context.ts'

const context = useServers()

beforeAll(() => context.pool.query('CREATE TABLE t (id int PRIMARY KEY, seq int, gone boolean)'))

const FEED: Partial<SinkOptions> = {onConflict: 'update', opField: 'op'}
const note = async (options: Partial<SinkOptions>, workers = 4, processes = 1) => {
  const policy = {...USUAL, workers, fuse: {...USUAL.fuse, processes}}
  return orderNote(new Sinks([await testSink(context, 't', options)]), policy)
}

it('says what several workers do to deletes', async () => {
  expect(await note(FEED)).toMatch(
    /^4 workers do not keep the order .* written after a delete brings its row back; --workers 1/,
  )
  expect(await note({...FEED, newestBy: 'seq'}, 1, 3)).toMatch(/^3 workers .* brings its row back/)
  expect(await note({...FEED, softDelete: 'gone'})).toMatch(/brings its row back/)
  expect(await note({...FEED, newestBy: 'seq', softDelete: 'gone'})).toMatch(
    /before its row is inserted does nothing/,
  )
})

it('says nothing of one worker, and of records that only write', async () => {
  expect(await note(FEED, 1)).toBeUndefined()
  expect(await note({onConflict: 'update', newestBy: 'seq'})).toBeUndefined()
})
