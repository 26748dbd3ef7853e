import {afterAll, expect, it} from 'vitest'
import {openRedis} from '../../src/redis/connect.ts'
import {type LaggingPair, startLaggingPair} from '../support/lagging-pair.ts'
import {useBrowser} from './support.ts'

let pair: LaggingPair
const browsing = useBrowser(async () => {
  pair = await startLaggingPair()
  return {redisUrl: pair.url, openReading: () => openRedis(pair.url, {readFrom: 'replica'})}
})
afterAll(() => pair.stop())

it('says in every view of which replica it is, and how far that is behind', async () => {
  const redis = pair.client()
  await redis.zadd('queue:orders', 1, '{"a":1}')
  await redis.zadd('dlq:orders', 1, 'of another program')
  await redis.wait(1, 5000)
  const {port} = pair.replica
  const line = new RegExp(
    `read from replica 127\\.0\\.0\\.1:${port}: .+ behind its primary, last heard of it \\d+ s ago`,
  )
  const [{id}] = (await browsing.api.ask('/queue/orders/dead-letters')).json.letters
  const letters = '#/queue/orders/dead-letters'
  const views = ['', '#/queue/orders', letters, `${letters}/${encodeURIComponent(id)}`]
  for (const view of views) {
    const page = await browsing.open(view)
    await page.getByText(line).waitFor()
  }
  // Then its primary is told nothing more, and the page goes on
  const page = await browsing.open('#/queue/orders')
  await page.getByText(line).waitFor()
  pair.cutOff()
  await redis.set('large', 'x'.repeat(100_000))
  await page.getByText('its primary did not say how far it is behind').waitFor()
  expect(await page.locator('.verdict').count()).toBe(1)
})
