import type {Response} from 'playwright-core'
import {expect, it} from 'vitest'
import {TOKEN} from '../support/serve.ts'
import {useBrowser} from './support.ts'

const browsing = useBrowser()

it('asks for the token, says when it was refused, and then shows what was asked for', async () => {
  const page = await browsing.open('#/audit', {token: null})
  const field = page.getByLabel('Token of this server')
  await field.fill('not the token at all')
  await field.press('Enter')
  await page.getByText('That token was refused').waitFor()
  await field.fill(TOKEN)
  await field.press('Enter')
  await page.getByRole('heading', {name: 'Audit'}).waitFor()
  expect(await page.evaluate(() => [localStorage.length, document.cookie])).toEqual([0, ''])
  await page.reload()
  await page.getByRole('heading', {name: 'Audit'}).waitFor()
})

it('keeps the token in this tab only, and never in an address', async () => {
  const page = await browsing.open('#/')
  await page.getByRole('heading', {name: 'Queues'}).waitFor()
  const requested: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  await page.reload()
  await page.getByText('live', {exact: true}).waitFor()
  expect(requested.length).toBeGreaterThan(5)
  expect([page.url(), ...requested].filter((url) => url.includes(TOKEN))).toEqual([])
  const other = await page.context().newPage()
  await other.goto(browsing.api.url)
  await other.getByLabel('Token of this server').waitFor()
})

it('leaves alone what is typed into the field, whatever else is refused meanwhile', async () => {
  const page = await browsing.open('#/', {token: null})
  const field = page.getByLabel('Token of this server')
  await field.fill('half of')
  const isRefused = (answer: Response) => answer.url().endsWith('/health') && answer.status() === 401
  await page.waitForResponse(isRefused)
  await page.waitForResponse(isRefused)
  expect(await field.inputValue()).toBe('half of')
})
