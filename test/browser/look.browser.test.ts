import {expect, it} from 'vitest'
import {useServers} from '../support/context.ts'
import {dullTexts} from './contrast.ts'
import {deadOrders, lettersHash, makeOrders, missingCustomers} from './dead-orders.ts'
import {useBrowser} from './support.ts'

const context = useServers()
const browsing = useBrowser(() => ({settings: {profile: {name: 'prod-eu', mode: 'production', named: true}}}))

async function makeQueue(): Promise<string> {
  const {queue, keys} = context.newQueue()
  for (let i = 0; i < 30; i++) await context.redis.zadd(keys.ready, i, `${i}`)
  await context.redis.zadd(keys.dead, 1, '{}')
  return queue
}

const PLACES = ['#/', '#/queue/', '#/server', '#/audit']

it.each(PLACES)('fits a phone at %s', async (place) => {
  const queue = await makeQueue()
  const hash = place === '#/queue/' ? place + queue : place
  const page = await browsing.open(hash, {viewport: {width: 360, height: 740}})
  await page.getByText('prod-eu').waitFor()
  await page.getByRole('heading', {level: 1}).waitFor()
  if (place.startsWith('#/queue/')) await page.locator('canvas').first().waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
})

it.each(PLACES.flatMap((place) => (['light', 'dark'] as const).map((colorScheme) => ({place, colorScheme}))))(
  'has no text at $place that is hard to read in $colorScheme colours',
  async ({place, colorScheme}) => {
    const queue = await makeQueue()
    const page = await browsing.open(place === '#/queue/' ? place + queue : place, {colorScheme})
    await page.getByText('prod-eu').waitFor()
    await page.locator('main .verdict strong, main th').first().waitFor()
    expect(await page.evaluate(dullTexts)).toEqual([])
  },
)

it('names the profile in red for production, and has the name of the queue typed before it is paused', async () => {
  const queue = await makeQueue()
  const page = await browsing.open(`#/queue/${queue}`)
  const badge = page.getByTitle('profile prod-eu, production')
  expect(await badge.evaluate((node) => getComputedStyle(node).backgroundColor)).toBe('rgb(179, 38, 30)')
  await page.getByRole('button', {name: 'Pause…'}).click()
  await page.getByRole('dialog').getByRole('button', {name: 'Pause'}).click()
  await page.getByText(`expected ${queue}, got nothing`).waitFor()
  expect(await context.redis.exists(`paused:${queue}`)).toBe(0)
  await page.keyboard.type(queue)
  await page.keyboard.press('Enter')
  await page.getByText(`${queue} is paused for 10 m 0 s`).waitFor()
})

it('keeps the colours that the user chose', async () => {
  const page = await browsing.open('#/audit', {colorScheme: 'light'})
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await ground()
  const button = page.getByRole('button', {name: /^Colours/})
  await button.click()
  expect(await button.getAttribute('aria-label')).toBe('Colours: light')
  await button.click()
  const dark = await ground()
  expect(dark).not.toBe(light)
  await page.reload()
  expect(await ground()).toBe(dark)
})

it('leaves the error of a group room to be read beside all that is said of it', async () => {
  await makeOrders(context)
  const {queue} = await deadOrders(context, missingCustomers(5))
  const page = await browsing.open(lettersHash(queue), {viewport: {width: 1200, height: 900}})
  const error = page.locator('.groups td.error')
  await error.waitFor()
  expect((await error.boundingBox())?.width).toBeGreaterThan(200)
  const table = page.locator('.wide', {has: page.locator('.groups')})
  expect(await table.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0)
})
