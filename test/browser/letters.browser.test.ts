import type {Page} from 'playwright-core'
import {beforeAll, expect, it} from 'vitest'
import {useServers} from '../support/context.ts'
import {deadOrders, lettersHash, makeOrders, malformed, missingCustomers} from './dead-orders.ts'
import {useBrowser} from './support.ts'

const context = useServers()
const browsing = useBrowser()
beforeAll(() => makeOrders(context))

const filterOf = (page: Page) => page.getByRole('combobox', {name: 'Filter'})
const whereOf = (page: Page) => new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('where')
/** Waits until the view says it; screen readers hear the same outside of it. */
const says = (page: Page, text: string | RegExp) => page.locator('main').getByText(text).first().waitFor()
const letterRows = (page: Page) =>
  page.getByRole('table', {name: 'Dead letters, newest first'}).locator('tbody tr')
const groupRows = (page: Page) =>
  page.getByRole('table', {name: 'Dead letters by reason and error'}).locator('tbody tr')

it('groups letters, narrows them to a group by its address, and goes back', async () => {
  const {queue} = await deadOrders(context, [...missingCustomers(30), ...malformed(12)])
  const page = await browsing.open(lettersHash(queue))
  await says(page, 'all 42 dead letters searched')
  expect(await groupRows(page).count()).toBe(2)
  const bad = groupRows(page).filter({hasText: 'malformed'})
  expect(await bad.locator('td.letters').textContent()).toBe('12')
  expect(await bad.textContent()).toMatch(/2026-11-26 05:00:00Z.*2026-11-26 05:00:00Z/)
  await bad.getByRole('link').click()
  await says(page, '12 match; all 42 dead letters searched')
  expect(whereOf(page)).toMatch(/^group:[0-9a-z]{6}$/)
  expect(await letterRows(page).count()).toBe(12)
  await page.goBack()
  await says(page, /^all 42 dead letters searched$/)
  expect(await filterOf(page).inputValue()).toBe('')
})

it('completes fields, operators and values by keys alone', async () => {
  const {queue} = await deadOrders(context, [...missingCustomers(3), ...malformed(1)])
  const page = await browsing.open(lettersHash(queue))
  await says(page, 'all 4 dead letters searched')
  await page.keyboard.press('/')
  await page.keyboard.type('rea')
  await page.getByRole('option', {name: /^reason/}).waitFor()
  await page.keyboard.press('Tab')
  await page.getByRole('option', {name: ':', exact: true}).waitFor()
  await page.keyboard.type(':')
  const value = page.getByRole('option', {name: 'foreign_key'})
  await value.waitFor()
  await page.keyboard.press('ArrowDown')
  expect(await filterOf(page).getAttribute('aria-activedescendant')).toMatch(/^filter-completions-\d+$/)
  while ((await value.getAttribute('aria-selected')) !== 'true') await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  expect(await filterOf(page).inputValue()).toBe('reason:foreign_key ')
  await page.getByRole('option', {name: 'AND'}).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('listbox').waitFor({state: 'hidden'})
  await page.keyboard.press('Enter')
  await says(page, '3 match; all 4 dead letters searched')
  expect(whereOf(page)).toBe('reason:foreign_key')
})

it('completes with the mouse, and keeps what stands behind the cursor', async () => {
  const {queue} = await deadOrders(context, missingCustomers(2))
  const page = await browsing.open(lettersHash(queue))
  await filterOf(page).fill('re code:23503')
  await filterOf(page).press('Home')
  for (let i = 0; i < 2; i++) await filterOf(page).press('ArrowRight')
  await filterOf(page).press('ArrowDown')
  await page.getByRole('option', {name: /^reason/}).click()
  expect(await filterOf(page).inputValue()).toBe('reason code:23503')
})

it('shows a mistake in the filter at its place, and does nothing with what it would select', async () => {
  const {queue} = await deadOrders(context, missingCustomers(2))
  const page = await browsing.open(lettersHash(queue, 'reason:foreign_key colum:customer'))
  const fault = page.locator('#filter-fault')
  await fault.getByText('unknown field "colum"').waitFor()
  const [filter, caret] = (await fault.locator('pre').textContent())?.split('\n') ?? []
  expect(filter.indexOf('colum:')).toBe(caret.indexOf('^'))
  await fault.getByText('did you mean column?').waitFor()
  expect(await page.getByRole('button', {name: 'Purge'}).isDisabled()).toBe(true)
  await page.keyboard.press('P')
  expect(await page.getByRole('dialog').count()).toBe(0)
  await filterOf(page).fill('reason:foreign_key column:*')
  await filterOf(page).press('Enter')
  await fault.waitFor({state: 'hidden'})
})

it('says which part was searched, and counts all when asked to', async () => {
  const {queue, keys} = await deadOrders(context, malformed(1))
  const text = (i: number) => `{"points":[{"id":${i}}],"reason":"timeout"}`
  for (let i = 0; i < 6000; i += 1000) {
    const some = Array.from({length: 1000}, (_, k) => [
      Date.parse('2026-11-26T07:00:00Z') + i + k,
      text(i + k),
    ])
    await context.redis.zadd(keys.dead, ...some.flat())
  }
  const page = await browsing.open(lettersHash(queue, 'reason:malformed'))
  await says(page, '0 match; newest 5,000 of 6,001 read')
  await says(page, /^all that match$/)
  await page.getByRole('button', {name: 'read 6,001'}).click()
  await says(page, '1 matches; all 6,001 dead letters searched')
  await page.getByRole('button', {name: 'Search further'}).click()
  await says(page, '1 letter; there are no older ones')
})

it('lists older letters on demand, without payloads', async () => {
  const {queue} = await deadOrders(context, missingCustomers(120))
  const page = await browsing.open(lettersHash(queue))
  await says(page, '50 letters listed of 50 read')
  await page.getByRole('button', {name: 'Older letters'}).click()
  await says(page, '100 letters listed of 100 read')
  await page.getByRole('button', {name: 'Older letters'}).click()
  await says(page, '120 letters; there are no older ones')
  const ids = await letterRows(page).evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.id))
  expect(ids).toEqual(Array.from({length: 120}, (_, i) => `fk:${119 - i}`))
  expect(await page.content()).not.toContain('"price":1.50')
})

it('moves, selects and opens by keys', async () => {
  const {queue} = await deadOrders(context, missingCustomers(60))
  const page = await browsing.open(lettersHash(queue))
  await says(page, 'all 60 dead letters searched')
  await letterRows(page).nth(49).waitFor()
  for (const key of ['j', 'j', 'x', 'j', 'x', 'k', 'x']) await page.keyboard.press(key)
  await says(page, '1 selected')
  expect(await letterRows(page).nth(1).getByRole('checkbox').isChecked()).toBe(true)
  await page.getByRole('button', {name: 'select all 60 that match'}).click()
  await says(page, 'all 60 that match are selected')
  expect(await letterRows(page).nth(40).getByRole('checkbox').isChecked()).toBe(true)
  await page.getByRole('button', {name: 'select none'}).click()
  await letterRows(page).nth(0).getByRole('link').focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', {name: `Dead letter of ${queue}`}).waitFor()
  expect(await page.locator('.payload').textContent()).toBe('{"id":59,"customer":1,"price":1.50}')
  await page.keyboard.press('Escape')
  await letterRows(page).nth(49).waitFor()
})

it('asks Postgres which would pass now: for the filter, a group, and one letter', async () => {
  await context.pool.query('INSERT INTO customers VALUES (5)')
  const {queue} = await deadOrders(context, [
    ...missingCustomers(7, {from: 1000, customer: 5}),
    ...missingCustomers(3, {from: 2000, customer: 6}),
    ...malformed(2),
  ])
  const page = await browsing.open(lettersHash(queue))
  await says(page, 'all 12 dead letters searched')
  await page.keyboard.press('d')
  await says(page, /^7 of 12 dead letters would be written to .*orders now; 5 would fail again/)
  await says(page, '3 letters miss customers 6')
  const group = groupRows(page).filter({hasText: 'malformed'})
  await group.getByRole('button', {name: 'would they pass?'}).click()
  await says(page, /^0 of 2 dead letters would be written/)
  await letterRows(page).filter({hasText: 'malformed'}).first().getByRole('link').click()
  await page.getByRole('button', {name: 'Would it pass now?'}).click()
  await says(page, 'it would fail again')
  expect((await context.pool.query('SELECT 1 FROM orders WHERE id >= 1000')).rowCount).toBe(0)
})

it('says that the number of letters has changed, and reads them again', async () => {
  const {queue, keys} = await deadOrders(context, missingCustomers(3))
  const page = await browsing.open(lettersHash(queue))
  await says(page, 'all 3 dead letters searched')
  await context.redis.zadd(keys.dead, Date.parse('2026-11-26T08:00:00Z'), '{"points":[],"reason":"late"}')
  await says(page, 'now 4 dead letters, 1 more')
  await page.keyboard.press('r')
  await says(page, 'all 4 dead letters searched')
  expect(await letterRows(page).count()).toBe(4)
})

it('fits a phone', async () => {
  const {queue} = await deadOrders(context, [...missingCustomers(60), ...malformed(3)])
  const page = await browsing.open(lettersHash(queue), {viewport: {width: 360, height: 740}})
  await letterRows(page).nth(49).waitFor()
  await page.keyboard.press('d')
  await says(page, /would fail again/)
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(await overflow()).toBeLessThanOrEqual(0)
  await letterRows(page).first().getByRole('link').click()
  await page.locator('.payload').waitFor()
  expect(await overflow()).toBeLessThanOrEqual(0)
})
