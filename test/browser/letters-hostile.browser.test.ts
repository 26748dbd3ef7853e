import {beforeAll, expect, it} from 'vitest'
import {deadLetterText} from '../../src/queue/letters/dead-letter.ts'
import {useServers} from '../support/context.ts'
import {lettersHash, makeOrders} from './dead-orders.ts'
import {useBrowser} from './support.ts'

const context = useServers()
const browsing = useBrowser()
beforeAll(() => makeOrders(context))

const RUN = 'window.ran=1;document.title=1'
const HOSTILE = [
  `<img src=x onerror="${RUN}">`,
  `</script><script>${RUN}</script>`,
  `"><svg onload="${RUN}">`,
  `javascript:${RUN}`,
  `\u202e<iframe srcdoc='<script>parent.ran=1</script>'>`,
]

it('shows hostile names, reasons, messages, payloads and filters as text, and runs none of them', async () => {
  const {queue, keys} = context.newQueue()
  const at = Date.parse('2026-11-26T06:00:00Z')
  const members = HOSTILE.flatMap((text, i) => [
    [at + i, JSON.stringify({points: [], reason: text, error: text})],
    [at + 100 + i, own({queue, id: `h:${i}`, text})],
  ])
  await context.redis.zadd(keys.dead, ...members.flat())
  const page = await browsing.open(lettersHash(queue, `text:${JSON.stringify('script')}`))
  await page
    .locator('.window')
    .getByText(/match; all 10 dead letters searched/)
    .waitFor()
  const requested: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  await page.goto(`${browsing.api.url}/${lettersHash(queue, `colum:${HOSTILE[0]}`)}`)
  await page.locator('#filter-fault pre').waitFor()
  await page.goto(`${browsing.api.url}/${lettersHash(HOSTILE.join(' '))}`)
  await page.getByText('expected a queue name').first().waitFor()
  await page.goto(`${browsing.api.url}/${lettersHash(queue)}`)
  const rows = page.getByRole('table', {name: 'Dead letters, newest first'}).locator('tbody tr')
  await rows.nth(9).waitFor()
  await page.keyboard.press('d')
  await page.locator('.diagnosis[data-level="critical"], .diagnosis[data-level="warning"]').waitFor()
  for (const i of [0, 4, 9]) {
    await rows.nth(i).getByRole('link').click()
    await page.locator('.payload').waitFor()
    await page.keyboard.press('p')
    await page.keyboard.press('e')
    await page.getByRole('textbox', {name: 'Payload'}).waitFor()
    await page.keyboard.press('Escape')
    await page.goBack()
    await rows.nth(9).waitFor()
  }
  for (const key of ['R', 'e', 'u', '?']) {
    await page.keyboard.press(key)
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({state: 'detached'})
  }
  expect(await page.evaluate(() => (window as {ran?: number}).ran)).toBeUndefined()
  const made = await page.evaluate(
    () => document.querySelectorAll('img, iframe, svg[onload], main script').length,
  )
  expect(made).toBe(0)
  const hrefs = await page.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))
  expect(hrefs.filter((href) => !href?.startsWith('#'))).toEqual([])
  expect(requested.filter((url) => !url.startsWith(browsing.api.url))).toEqual([])
})

function own({queue, id, text}: {queue: string; id: string; text: string}): string {
  const head = {id, queue, failedAt: Date.parse('2026-11-26T06:00:00Z'), attempts: 1, score: 1}
  const cause = {
    reason: text as 'invalid',
    code: text,
    message: text,
    detail: text,
    column: text,
    constraint: text,
  }
  return String(deadLetterText(head, cause, Buffer.from(JSON.stringify({[text]: text}))))
}
