import {expect, it} from 'vitest'
import {freePort} from '../../src/stack/process.ts'
import {useServers} from '../support/context.ts'
import {startServe} from '../support/serve.ts'
import {useBrowser} from './support.ts'

const context = useServers()
/** One that no connection takes while the server is stopped. */
const browsing = useBrowser(async () => ({port: await freePort()}))

it('follows again after qtool serve was stopped and started', async () => {
  const {queue, keys} = context.newQueue()
  await context.redis.zadd(keys.ready, 1, '{}')
  const {api} = browsing
  const page = await browsing.open(`#/queue/${queue}`)
  await page.getByText('live', {exact: true}).waitFor()
  await api.stop()
  await page.getByRole('status').getByText('qtool serve').waitFor()
  await context.redis.zadd(keys.ready, 2, '{"second": true}')
  browsing.api = await startServe({port: api.port})
  await page.getByText('live', {exact: true}).waitFor()
  const ready = page.locator('[data-figure="ready"] dd').first()
  await ready.getByText('2', {exact: true}).waitFor()
  expect(await page.getByRole('status').textContent()).not.toContain('next try')
})
