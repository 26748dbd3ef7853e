import {beforeAll, describe, expect, it} from 'vitest'
import {plainItems} from '../../src/record/payload/read-items.ts'
import {Sinks} from '../../src/sink/sinks.ts'
import {refuse} from '../../src/worker/refusals.ts'
import {drainAll, push, testSink, useServers} from '../support/context.ts'
import {held} from '../support/leases.ts'

const context = useServers()

beforeAll(async () => {
  await context.pool.query('CREATE TABLE large (a int)')
})

function envelope(first: number, records: number): string {
  return JSON.stringify({points: Array.from({length: records}, (_, i) => ({a: first + i}))})
}

describe('envelopes of very many records', () => {
  it('are shared out over several leases, each record written once', async () => {
    const at = context.newQueue()
    await push(context, at.keys, [envelope(0, 15_000), envelope(15_000, 15_000), envelope(30_000, 15_000)])
    const tally = await drainAll(context, await testSink(context, 'large'), at)
    expect(tally).toMatchObject({leases: 2, items: 3, inserted: 45_000})
    const {rows} = await context.pool.query(
      'SELECT count(*)::int AS n, count(DISTINCT a)::int AS single FROM large',
    )
    expect(rows[0]).toEqual({n: 45_000, single: 45_000})
  })

  it('are refused whole, with the score of their item', async () => {
    const {redis} = context
    const {engine, keys} = context.newQueue()
    await push(context, keys, ['{"points":[]}'])
    const lease = held(await engine.take({taker: 'large', turn: 1, count: 10, lengthMs: 60_000}))
    const sinks = new Sinks([await testSink(context, 'large')])
    const parts = sinks.decode(plainItems(lease.items), () => 'careful')
    const [{lease: decoded}] = parts.all
    // More than a call can take as arguments, and more than fit on the stack
    for (let i = 0; i < 200_000; i++) {
      decoded.reject(decoded.add(0, 0, 13), {reason: 'constraint', code: '23514', message: 'no'})
    }
    const places = await engine.places(lease)
    const {deadLetters, causes} = refuse(lease, parts, {queue: engine.name, parentRetries: 0, places})
    expect(deadLetters).toHaveLength(200_000)
    expect(causes).toHaveLength(200_000)
    const score = await redis.zscore(keys.lease(lease.id), '{"points":[]}')
    expect(JSON.parse(deadLetters[199_999].text)).toMatchObject({
      score: Number(score),
      payload: '{"points":[]}',
    })
  })
})
