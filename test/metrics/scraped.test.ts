import {describe, expect, it, onTestFinished, vi} from 'vitest'
import {Scraped} from '../../src/metrics/scraped.ts'
import {QueueMonitor} from '../../src/monitor/queue-monitor.ts'
import {until} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()

/** A monitor that reads every 10 ms, and how often it has read. */
function monitored() {
  const at = context.newQueue()
  const inspect = vi.spyOn(at.engine, 'inspect')
  return {at, monitor: new QueueMonitor(at.engine, {everyMs: 10}), readings: () => inspect.mock.calls.length}
}

function scraped(readOnMs?: number): Scraped {
  const all = new Scraped(readOnMs)
  onTestFinished(() => all.close())
  return all
}

describe('a queue that is scraped', () => {
  it('is read on after a scrape', async () => {
    const {monitor, readings} = monitored()
    await scraped().observe([monitor])
    await until(() => readings() > 5)
  })

  it('is read no more once nobody has scraped for a while', async () => {
    const {monitor} = monitored()
    const stop = vi.fn()
    vi.spyOn(monitor, 'subscribe').mockReturnValue(stop)
    await scraped(20).observe([monitor])
    await until(() => stop.mock.calls.length === 1)
  })

  it('is read by one reader however often it is scraped', async () => {
    const {at, monitor} = monitored()
    await push(context, at.keys, ['"a"'])
    const subscribe = vi.spyOn(monitor, 'subscribe')
    const all = scraped()
    await all.observe([monitor])
    const [{inspection}] = await all.observe([monitor])
    expect([subscribe.mock.calls.length, inspection.ready]).toEqual([1, 1])
  })

  it('is left out while it cannot be read', async () => {
    const [bad, good] = [monitored(), monitored()]
    await context.redis.set(bad.at.keys.ready, 'no sorted set')
    const seen = await scraped().observe([bad.monitor, good.monitor])
    expect(seen.map(({inspection}) => inspection.queue)).toEqual([good.at.queue])
  })
})
