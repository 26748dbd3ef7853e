import {beforeAll, expect, it} from 'vitest'
import {useServers} from '../support/context.ts'
import {deadOrders, makeOrders} from './dead-orders.ts'
import {useBrowser} from './support.ts'

const context = useServers()
const browsing = useBrowser()
beforeAll(() => makeOrders(context))

const EXACT = '{ "big":9007199254740993, "price":1.50,\t"s":"Zo\\u00eb","a":[] }'

async function openLetter(payload: string | Buffer) {
  const at = await deadOrders(context, [{id: 'one:0', payload: payload as string}])
  const hash = `#/queue/${at.queue}/dead-letters/one%3A0`
  const page = await browsing.open(hash, {permissions: ['clipboard-read', 'clipboard-write']})
  const text = () => page.locator('.payload').textContent()
  await page.locator('.payload').waitFor()
  return {...at, page, text}
}

const clipboard = () => navigator.clipboard.readText()

it('shows the exact text, pretty on demand, and copies the exact text either way', async () => {
  const {page, text} = await openLetter(EXACT)
  expect(await text()).toBe(EXACT)
  await page.keyboard.press('p')
  expect(await text()).toBe(
    '{\n  "big": 9007199254740993,\n  "price": 1.50,\n  "s": "Zo\\u00eb",\n  "a": []\n}',
  )
  await page.keyboard.press('c')
  await page.getByText('copied').waitFor()
  expect(await page.evaluate(clipboard)).toBe(EXACT)
  await page.getByRole('button', {name: 'Pretty'}).click()
  expect(await text()).toBe(EXACT)
})

it('shows bytes that are no text in base64, and says so', async () => {
  const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d])
  const {page, text} = await openLetter(bytes)
  await page.getByText('5 B, not UTF-8: shown in base64').waitFor()
  expect(await text()).toBe(bytes.toString('base64'))
  await page.keyboard.press('e')
  await page.getByText('cannot be edited as text').waitFor()
})

it('cuts a huge payload, and shows all of it on demand', async () => {
  const huge = `{"text":"${'0123456789'.repeat(60_000)}"}`
  const {page, text} = await openLetter(huge)
  await page.getByText('585.9 KiB, JSON').waitFor()
  expect((await text())?.length).toBe(20_000)
  await page.getByRole('button', {name: 'Show all 600,011 characters'}).click()
  expect(await text()).toBe(huge)
})

it('shows every failure of an item, the newest first', async () => {
  const {page, keys, queue} = await openLetter(EXACT)
  const [member] = await context.redis.zrange(keys.dead, '0', '-1')
  const history = [
    {
      failedAt: '2026-11-25T01:00:00.000Z',
      reason: 'retries_exhausted',
      code: '40P01',
      message: 'deadlock detected',
    },
  ]
  await context.redis.del(keys.dead)
  await context.redis.zadd(keys.dead, 1_700_000_000_000, JSON.stringify({...JSON.parse(member), history}))
  await page.goto(`${browsing.api.url}/#/queue/${queue}/dead-letters`)
  await page.getByRole('table', {name: 'Dead letters, newest first'}).getByRole('link').click()
  const failures = page.getByRole('table', {name: 'Failures of this item, newest first'}).locator('tbody tr')
  await failures.nth(1).waitFor()
  expect(await failures.nth(0).textContent()).toContain('no parent')
  expect(await failures.nth(1).textContent()).toContain('deadlock detected')
})

it('corrects a payload byte by byte, after a check that it is JSON, and brings the old one back', async () => {
  const {page, text} = await openLetter('{"id":1,"customer":')
  await page.keyboard.press('e')
  const editor = page.getByRole('textbox', {name: 'Payload'})
  expect(await editor.inputValue()).toBe('{"id":1,"customer":')
  await page.getByText(/^not JSON: /).waitFor()
  await editor.fill('{"id":1,"customer":  }')
  await page.getByRole('button', {name: 'Save'}).click()
  await page.getByText(/the payload must be one JSON object/).waitFor()
  const corrected = '{"id":1, "customer":9007199254740993}'
  await editor.fill(corrected)
  await page.getByText('valid JSON', {exact: true}).waitFor()
  await page.getByRole('button', {name: 'Save'}).click()
  await page.getByText('saved; u brings the old payload back').waitFor()
  await page.waitForFunction(
    (wanted) => document.querySelector('.payload')?.textContent === wanted,
    corrected,
  )
  await page.keyboard.press('u')
  await page.getByRole('button', {name: 'Restore'}).click()
  await page.getByText('1 dead letter restored').waitFor()
  await page.waitForFunction(() => document.querySelector('.payload')?.textContent === '{"id":1,"customer":')
  expect(await text()).toBe('{"id":1,"customer":')
})

it('does not overwrite what somebody else has changed meanwhile', async () => {
  const {page, queue} = await openLetter('{"id":1}')
  await page.keyboard.press('e')
  await page.getByRole('textbox', {name: 'Payload'}).fill('{"id":2}')
  const path = `/queue/${queue}/dead-letters/one:0/payload`
  expect((await browsing.api.post(path, {payload: '{"id":3}', was: '{"id":1}'})).status).toBe(200)
  await page.getByRole('button', {name: 'Save'}).click()
  await page.getByText('is not the one that was to be replaced').waitFor()
  const {json} = await browsing.api.ask(`/queue/${queue}/dead-letters/one:0`)
  expect(json.payload).toBe('{"id":3}')
})

it('says so if the letter is gone', async () => {
  const {queue} = context.newQueue()
  await context.redis.zadd(`dlq:${queue}`, 1, '{"x":1}')
  const page = await browsing.open(`#/queue/${queue}/dead-letters/none%3A0`)
  await page.getByText('has the id none:0').waitFor()
})
