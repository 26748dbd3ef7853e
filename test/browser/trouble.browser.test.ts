import {Redis} from 'ioredis'
import {afterAll, expect, it} from 'vitest'
import {startTestPostgres, startTestRedis, type TestServer} from '../support/server.ts'
import {useBrowser} from './support.ts'

let redis: TestServer
let postgres: TestServer
const browsing = useBrowser(async () => {
  ;[redis, postgres] = await Promise.all([startTestRedis('appendonly yes'), startTestPostgres()])
  const client = new Redis(redis.url)
  await client.zadd('queue:orders', 1, '{}')
  client.disconnect()
  return {redisUrl: redis.url, databaseUrl: postgres.url}
})
afterAll(() => Promise.all([redis.stop(), postgres.stop()]))

it.each(['#/', '#/queue/orders'])(
  'says at %s what was tried while Redis is away, and heals by itself',
  async (hash) => {
    const page = await browsing.open(hash)
    await page.getByText('live', {exact: true}).waitFor()
    await redis.crash()
    // The page has other places that say something, which are empty here
    const banner = page.getByRole('status').filter({hasText: /reading (all queues|queue orders)/})
    await banner.waitFor()
    expect(await banner.textContent()).toContain('next try in')
    // What was known is still there, and marked as old
    await page.getByText('orders').first().waitFor()
    expect(await page.locator('html').getAttribute('data-old')).toBe('')
    await redis.start()
    await page.getByText('live', {exact: true}).waitFor()
    await banner.waitFor({state: 'hidden'})
  },
)

it('says that Postgres is away, and heals by itself', async () => {
  const page = await browsing.open()
  await page.getByText('live', {exact: true}).waitFor()
  await postgres.crash()
  const banner = page.getByRole('status').getByText('Postgres does not answer')
  await banner.waitFor()
  await postgres.start()
  await banner.waitFor({state: 'hidden'})
})
