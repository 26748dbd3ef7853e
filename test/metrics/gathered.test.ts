import {Counter, Gauge, Histogram, Registry} from 'prom-client'
import {describe, expect, it} from 'vitest'
import {Gathered} from '../../src/metrics/gathered.ts'
import {valuesOf} from '../support/prometheus.ts'

/** What a process reports that has counted `count`, as it comes out of the channel. */
async function report(count: number, failed: object[] = []): Promise<unknown> {
  const registers = [new Registry()]
  new Counter({name: 'done', help: 'Done.', labelNames: ['queue'], registers}).inc({queue: 'a'}, count)
  new Gauge({name: 'held', help: 'Held.', registers}).set(count)
  new Gauge({name: 'state', help: 'State.', aggregator: 'max', registers}).set(count)
  new Histogram({name: 'took', help: 'Took.', buckets: [2, 4], registers}).observe(count)
  return JSON.parse(JSON.stringify({metrics: await registers[0].getMetricsAsJSON(), failed}))
}

describe('the metrics of several processes', () => {
  it('are their sums, and the worst of their states', async () => {
    const gathered = new Gathered(2)
    gathered.reported(0, await report(1))
    gathered.reported(0, await report(2))
    gathered.reported(1, await report(3))
    expect(Object.fromEntries(valuesOf(await gathered.text()))).toEqual({
      'done{queue="a"}': 5,
      held: 5,
      state: 3,
      'took_bucket{le="2"}': 1,
      'took_bucket{le="4"}': 2,
      'took_bucket{le="+Inf"}': 2,
      took_sum: 5,
      took_count: 2,
    })
  })

  it('keep what a process counted that has ended, and drop its state', async () => {
    const gathered = new Gathered(2)
    gathered.reported(0, await report(2))
    gathered.reported(1, await report(3))
    gathered.ended(0)
    const values = valuesOf(await gathered.text())
    expect([values.get('done{queue="a"}'), values.get('held'), values.get('took_count')]).toEqual([5, 3, 2])
  })

  it('are ready once all processes are, and name each reason once', async () => {
    const gathered = new Gathered(2)
    const away = {check: 'redis', reason: 'is unreachable'}
    expect(gathered.failed()).toEqual([{check: 'worker', reason: 'is starting'}])
    gathered.reported(0, await report(1, [away]))
    gathered.reported(1, await report(1, [away]))
    expect(gathered.failed()).toEqual([away])
    gathered.reported(0, await report(1))
    gathered.ended(1)
    expect(gathered.failed()).toEqual([])
  })

  it('pass over what is no report', async () => {
    const gathered = new Gathered(1)
    for (const message of [null, 'hello', {metrics: 1}, undefined]) gathered.reported(0, message)
    expect(await gathered.text()).toBe('\n')
  })
})
