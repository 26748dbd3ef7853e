import type {Page} from 'playwright-core'
import {expect, it} from 'vitest'
import {useServers} from '../support/context.ts'
import {useBrowser} from './support.ts'

const context = useServers()
const browsing = useBrowser()

async function openQueues(): Promise<{page: Page; names: string[]}> {
  const names = [context.newQueue(), context.newQueue()].map(({queue}) => queue).sort()
  for (const name of names) await context.redis.zadd(`queue:${name}`, 1, '{}')
  const page = await browsing.open()
  for (const name of names) await page.getByRole('link', {name}).first().waitFor()
  return {page, names}
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent)

it('moves through the queues with j and k, and opens one with Enter', async () => {
  const {page} = await openQueues()
  const rows = await page.locator('tbody th').allTextContents()
  await page.keyboard.press('j')
  expect(await focused(page)).toBe(rows[0])
  await page.keyboard.press('j')
  expect(await focused(page)).toBe(rows[1])
  await page.keyboard.press('k')
  expect(await focused(page)).toBe(rows[0])
  await page.keyboard.press('Enter')
  await page.getByRole('heading', {name: rows[0], level: 1}).waitFor()
  expect(await focused(page)).toBe(rows[0])
})

it('goes places with two keys, and lists all keys with ?', async () => {
  const {page} = await openQueues()
  await page.keyboard.press('g')
  await page.keyboard.press('a')
  await page.getByRole('heading', {name: 'Audit'}).waitFor()
  await page.keyboard.press('?')
  const dialog = page.getByRole('dialog', {name: 'Keys'})
  expect(await dialog.textContent()).toContain('jump to a queue')
  await page.keyboard.press('Escape')
  await dialog.waitFor({state: 'detached'})
  await page.keyboard.press('g')
  await page.keyboard.press('q')
  await page.getByRole('heading', {name: 'Queues'}).waitFor()
})

it('jumps to a queue by a part of its name', async () => {
  const {page, names} = await openQueues()
  await page.keyboard.press('Control+K')
  await page.keyboard.type(names[1].slice(4, 20))
  await page.getByRole('option').first().waitFor()
  expect(await page.getByRole('option').allTextContents()).toEqual([names[1]])
  await page.keyboard.press('Enter')
  await page.getByRole('heading', {name: names[1], level: 1}).waitFor()
})

it('leaves keys alone that are typed into a field', async () => {
  const {page} = await openQueues()
  await page.keyboard.press('/')
  await page.keyboard.type('jk?ga')
  expect(await page.getByRole('searchbox').inputValue()).toBe('jk?ga')
  expect(new URL(page.url()).hash).toContain('name=jk')
})

it('reaches everything with Tab in the order in which it is read', async () => {
  const {page} = await openQueues()
  const places: string[] = []
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab')
    places.push((await page.evaluate(() => document.activeElement?.textContent)) ?? '')
  }
  expect(places.slice(0, 6)).toEqual(['Skip to the view', 'qtool', 'Queues', 'Operations', 'Server', 'Audit'])
  expect(places.slice(6, 9)).toEqual(['Jump', '◐', '?'])
})
