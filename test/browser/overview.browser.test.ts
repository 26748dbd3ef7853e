import {expect, it} from 'vitest'
import {useServers} from '../support/context.ts'
import {useBrowser} from './support.ts'

const context = useServers()
const browsing = useBrowser()

it('shows of every queue what Redis itself counts', async () => {
  const {queue, keys} = context.newQueue()
  const {redis} = context
  for (let i = 0; i < 1234; i++) await redis.zadd(keys.ready, i, `{"id":${i}}`)
  for (let i = 0; i < 7; i++) await redis.zadd(keys.dead, i, `{"dead":${i}}`)
  const page = await browsing.open()
  const row = page.getByRole('row').filter({hasText: queue})
  await row.waitFor()
  const shown = async (column: string) =>
    Number((await row.locator(`[data-column="${column}"]`).textContent())?.replaceAll(',', ''))
  expect(await shown('ready')).toBe(await redis.zcard(`queue:${queue}`))
  expect(await shown('dead')).toBe(await redis.zcard(`dlq:${queue}`))
  await row.getByText('no workers').waitFor()
  await redis.zrem(keys.ready, '{"id":0}', '{"id":1}')
  await row.getByText('1,232', {exact: true}).waitFor()
})

it('has no word of missing workers for a paused queue', async () => {
  const {queue, keys, engine} = context.newQueue()
  await context.redis.zadd(keys.ready, 1, '{}')
  await engine.pause()
  const page = await browsing.open(`#/?name=${queue}`)
  const row = page.getByRole('row').filter({hasText: queue})
  await row.getByText('paused', {exact: true}).waitFor()
  expect(await row.textContent()).not.toContain('no workers')
})

it('keeps filter and order in the address', async () => {
  const queues = [1, 2, 3].map(() => context.newQueue())
  for (const [i, {keys}] of queues.entries()) {
    for (let item = 0; item <= i; item++) await context.redis.zadd(keys.ready, item, `${item}`)
  }
  const page = await browsing.open()
  await page.getByRole('row').filter({hasText: queues[2].queue}).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('TEST-')
  await page.getByRole('button', {name: 'ready', exact: true}).click()
  expect(new URL(page.url()).hash).toBe('#/?name=TEST-&sort=ready')
  await page.reload()
  await page.getByRole('row').filter({hasText: queues[2].queue}).waitFor()
  expect(await page.getByRole('searchbox').inputValue()).toBe('TEST-')
  const names = await page.locator('tbody th').allTextContents()
  const [first, second, third] = queues.map(({queue}) => names.indexOf(queue))
  expect(third).toBeLessThan(second)
  expect(second).toBeLessThan(first)
})

it('names keys that look like queues and are none', async () => {
  await context.redis.zadd('queue:<b>no queue</b>', 1, '{}')
  try {
    const page = await browsing.open()
    await page.getByText('such as "<b>no queue</b>"').waitFor()
  } finally {
    await context.redis.del('queue:<b>no queue</b>')
  }
})
