import {beforeAll, describe, expect, it} from 'vitest'
import {deadLetters, drainAll, push, testSink, useServers} from '../../support/context.ts'

const context = useServers()

beforeAll(() => context.pool.query('CREATE TABLE e (id int, ts timestamp)'))

describe('an envelope', () => {
  it.each([
    ['points', '{"points":[RECORD]}'],
    ['points', '{"p\\u006fints":[RECORD]}'],
    ['data.points', '{"data":{"points":[RECORD]}}'],
    ['data.points', '{"x":[1],"d\\u0061ta":{"points\\u0032":[],"\\u0070oints":[RECORD]}}'],
  ])(
    'at %s is found however its keys are written, and its values are judged in place: %s',
    async (records, item) => {
      await context.pool.query('TRUNCATE e')
      const at = context.newQueue()
      const record = (id: number) => `{"id":${id},"ts":"2026-01-02T12:00:00+05:00"}`
      await push(context, at.keys, [
        item.replace('RECORD', `${record(1)}, ${record(2)},{"id":3,"ts":"now"},{"id":4,"ts":null}`),
      ])
      const sink = await testSink(context, 'e', {records})
      await drainAll(context, sink, at, {workers: 1})
      const {rows} = await context.pool.query('SELECT id, ts::text FROM e ORDER BY id')
      expect(rows).toEqual([
        {id: 1, ts: '2026-01-02 07:00:00'},
        {id: 2, ts: '2026-01-02 07:00:00'},
        {id: 4, ts: null},
      ])
      expect(await deadLetters(context, at.keys)).toMatchObject([
        {code: 'TS_FORMAT', payload: '{"id":3,"ts":"now"}'},
      ])
    },
  )
})
