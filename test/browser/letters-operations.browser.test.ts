import type {Page} from 'playwright-core'
import {beforeAll, expect, it} from 'vitest'
import {until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {
  deadOrders,
  lettersHash,
  makeOrders,
  malformed,
  missingCustomers,
  startWorkers,
} from './dead-orders.ts'
import {useBrowser} from './support.ts'

const context = useServers()
const browsing = useBrowser()
beforeAll(() => makeOrders(context))

const says = (page: Page, text: string | RegExp) => page.locator('main').getByText(text).first().waitFor()
const state = (page: Page, text: string) => page.locator(`.board[data-state="${text}"]`).waitFor()
const press = (page: Page, name: string | RegExp) => page.locator('main').getByRole('button', {name}).click()
const agree = (page: Page, name: string | RegExp) =>
  page.getByRole('dialog').getByRole('button', {name}).click()
const count = (keys: {dead: string; ready: string}) =>
  Promise.all([context.redis.zcard(keys.dead), context.redis.zcard(keys.ready)])

it('replays what passes, with a canary and at a rate, and the rows arrive', async () => {
  const good = missingCustomers(60, {customer: 1})
  const at = await deadOrders(context, [
    ...good,
    ...missingCustomers(10, {from: 500, customer: 2}),
    ...malformed(5),
  ])
  await context.pool.query('INSERT INTO customers VALUES (1)')
  const stopWorkers = await startWorkers(context, at)
  const page = await browsing.open(lettersHash(at.queue, 'reason:foreign_key'))
  await says(page, /70 match/)
  await page.keyboard.press('R')
  await page.getByLabel('Only those that would be written now').check()
  await page.getByLabel('Canary').fill('10')
  await page.getByLabel('Items per second').fill('100')
  await page.getByRole('button', {name: 'Plan the replay'}).click()
  await state(page, 'planned')
  await says(page, /^60$/)
  await says(page, 'only those that would be written now, canary of 10, at most 100 a second')
  expect(await count(at.keys)).toEqual([75, 0])
  await press(page, 'Replay 60 dead letters')
  await agree(page, 'Replay 60 dead letters')
  await state(page, 'done')
  await says(page, '60 of 60 dead letters replayed')
  await says(page, '0 of 10 failed again')
  await until(async () => (await context.pool.query('SELECT 1 FROM orders')).rowCount === 60)
  await page.locator('.queue-now').getByText('15', {exact: true}).waitFor()
  expect(await count(at.keys)).toEqual([15, 0])
  expect(await page.getByRole('button', {name: 'Undo'}).count()).toBe(0)
  await stopWorkers()
})

it('purges what a filter selects, and undoes it', async () => {
  const {queue, keys} = await deadOrders(context, [...missingCustomers(25), ...malformed(17)])
  const before = await context.redis.zrange(keys.dead, '0', '-1', 'WITHSCORES')
  const page = await browsing.open(lettersHash(queue, 'reason:malformed'))
  await says(page, /17 match/)
  await page.keyboard.press('P')
  await state(page, 'planned')
  await says(page, 'reason:malformed')
  await page.keyboard.press('A')
  const cancel = page.getByRole('dialog').getByRole('button', {name: 'Cancel'})
  expect(await cancel.evaluate((button) => button === document.activeElement)).toBe(true)
  await agree(page, 'Purge 17 dead letters')
  await state(page, 'done')
  expect(await count(keys)).toEqual([25, 0])
  await page.keyboard.press('u')
  await state(page, 'undone')
  await says(page, 'restored')
  expect(await context.redis.zrange(keys.dead, '0', '-1', 'WITHSCORES')).toEqual(before)
})

it('sets a value in all payloads that match, and leaves every other byte', async () => {
  const {queue, keys} = await deadOrders(context, missingCustomers(30, {customer: 9}))
  const page = await browsing.open(lettersHash(queue))
  await says(page, 'all 30 dead letters searched')
  await page.keyboard.press('e')
  await page.getByLabel('Path').fill('customer')
  await page.getByLabel('Value').fill('9007199254740993')
  await page.getByRole('button', {name: 'Plan the edit'}).click()
  await says(page, 'sets customer=9007199254740993')
  await press(page, 'Edit 30 dead letters')
  await agree(page, 'Edit 30 dead letters')
  await state(page, 'done')
  const payloads = (await context.redis.zrange(keys.dead, '0', '-1')).map(
    (member) => JSON.parse(member).payload,
  )
  expect(payloads).toEqual(
    Array.from({length: 30}, (_, i) => `{"id":${i},"customer":9007199254740993,"price":1.50}`),
  )
  await press(page, 'Undo')
  await state(page, 'undone')
  expect(JSON.parse((await context.redis.zrange(keys.dead, '0', '0'))[0]).payload).toContain('"customer":9,')
})

it('acts on the selected letters only', async () => {
  const {queue, keys} = await deadOrders(context, missingCustomers(20))
  const page = await browsing.open(lettersHash(queue))
  await says(page, 'all 20 dead letters searched')
  for (const key of ['j', 'j', 'x', 'j', 'x', 'P']) await page.keyboard.press(key)
  await state(page, 'planned')
  await press(page, 'Purge 2 dead letters')
  await agree(page, 'Purge 2 dead letters')
  await state(page, 'done')
  const ids = (await context.redis.zrange(keys.dead, '0', '-1')).map((member) => JSON.parse(member).id)
  expect([ids.length, ids.includes('fk:19'), ids.includes('fk:18')].map(String)).toEqual([
    '18',
    'false',
    'false',
  ])
})

it('pauses, goes on and cancels while the figures move', async () => {
  const at = await deadOrders(context, missingCustomers(400, {customer: 3}))
  const page = await browsing.open(lettersHash(at.queue))
  await says(page, 'all 400 dead letters searched')
  await page.keyboard.press('R')
  await page.getByLabel('Canary').fill('')
  await page.getByLabel('Items per second').fill('40')
  await page.getByRole('button', {name: 'Plan the replay'}).click()
  await press(page, 'Replay 400 dead letters')
  await agree(page, 'Replay 400 dead letters')
  await state(page, 'running')
  await says(page, /^\d[\d.]*\/s, about .* left$/)
  await page.keyboard.press('p')
  await state(page, 'paused')
  const [dead] = await count(at.keys)
  await says(page, /paused; \d+ are left/)
  await press(page, 'Continue')
  await state(page, 'running')
  await until(async () => (await count(at.keys))[0] < dead)
  await press(page, 'Cancel')
  await state(page, 'cancelled')
  const left = await count(at.keys)
  expect(left[0] + left[1]).toBe(400)
  expect(left[0]).toBeGreaterThan(0)
})

it('explains that the letters have changed since the plan, and plans anew', async () => {
  const {queue, keys} = await deadOrders(context, missingCustomers(12))
  const page = await browsing.open(lettersHash(queue))
  await says(page, 'all 12 dead letters searched')
  await page.keyboard.press('P')
  await state(page, 'planned')
  const first = page.url()
  await context.redis.zpopmin(keys.dead, 2)
  await press(page, 'Purge 12 dead letters')
  await agree(page, 'Purge 12 dead letters')
  await says(page, 'Nothing was changed: the letters are no longer those that were planned.')
  expect(await count(keys)).toEqual([10, 0])
  await press(page, 'Make a new plan')
  await page.waitForURL((url) => url.href !== first)
  await press(page, 'Purge 10 dead letters')
  await agree(page, 'Purge 10 dead letters')
  await state(page, 'done')
  expect(await count(keys)).toEqual([0, 0])
})

it('stops at a canary that fails, and says so', async () => {
  const at = await deadOrders(context, missingCustomers(50, {from: 900, customer: 77}))
  const stopWorkers = await startWorkers(context, at)
  const page = await browsing.open(lettersHash(at.queue))
  await says(page, 'all 50 dead letters searched')
  await page.keyboard.press('R')
  await page.getByLabel('Canary').fill('5')
  await page.getByRole('button', {name: 'Plan the replay'}).click()
  await press(page, 'Replay 50 dead letters')
  await agree(page, 'Replay 50 dead letters')
  await state(page, 'failed')
  await says(page, 'the canary failed, so nothing else was replayed')
  await says(page, '5 of 5 failed again')
  expect(await count(at.keys)).toEqual([50, 0])
  await stopWorkers()
})

it('lists operations, the newest first, and discards a plan', async () => {
  const {queue} = await deadOrders(context, missingCustomers(4))
  const page = await browsing.open(lettersHash(queue))
  await says(page, 'all 4 dead letters searched')
  await page.keyboard.press('P')
  await state(page, 'planned')
  await press(page, 'Discard the plan')
  await state(page, 'cancelled')
  await page.goto(`${browsing.api.url}/#/operations?queue=${queue}`)
  const rows = page.getByRole('table', {name: 'Operations, newest first'}).locator('tbody tr')
  await rows.nth(0).waitFor()
  expect(await rows.count()).toBe(1)
  expect(await rows.nth(0).textContent()).toMatch(/Purge of dead letters.*cancelled.*0 of 4/)
  await rows.nth(0).getByRole('link').click()
  await state(page, 'cancelled')
})
