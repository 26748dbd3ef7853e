import type {Page} from 'playwright-core'
import {beforeAll, expect, it} from 'vitest'
import {deadLetterText} from '../../src/queue/letters/dead-letter.ts'
import {until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {deadOrders, lettersHash, makeOrders, startWorkers} from './dead-orders.ts'
import {useBrowser} from './support.ts'

const context = useServers()
const browsing = useBrowser()
beforeAll(() => makeOrders(context))

const MENDED = 50_000
const MISSING = 100_000
const MALFORMED = 450_000
const OTHERS = 400_000
const ALL = MENDED + MISSING + MALFORMED + OTHERS
const FIRST = Date.parse('2026-11-26T02:00:00Z')

/** The letter of each number: orders of customers 1 and 2, texts that are no JSON, and letters of another program. */
function letterOf(queue: string, i: number): string {
  if (i >= ALL - OTHERS) return `{"points":[{"n":${i}}],"reason":"timeout after ${i % 977} ms"}`
  const head = {id: `n:${i}`, queue, failedAt: FIRST + i, attempts: 1, score: i}
  const isMalformed = i >= MENDED + MISSING
  const payload = isMalformed ? `{"id":${i}` : `{"id":${i},"customer":${i < MENDED ? 1 : 2}}`
  const cause = isMalformed
    ? {reason: 'malformed' as const, code: 'JSON', message: 'expected "}" at byte 12'}
    : {
        reason: 'foreign_key' as const,
        code: '23503',
        message: 'insert or update on table "orders" violates foreign key constraint "orders_customer_fkey"',
        constraint: 'orders_customer_fkey',
      }
  return String(deadLetterText(head, cause, Buffer.from(payload)))
}

async function makeLetters({
  queue,
  keys,
}: {
  queue: string
  keys: {dead: string; stats: string}
}): Promise<void> {
  for (let i = 0; i < ALL; i += 10_000) {
    const pipeline = context.redis.pipeline()
    for (let from = i; from < i + 10_000; from += 1000) {
      // Mixed: numbers that follow each other are of all kinds
      const numbers = Array.from({length: 1000}, (_, k) => ((from + k) * 7919) % ALL)
      pipeline.zadd(keys.dead, ...numbers.flatMap((n) => [FIRST + n, letterOf(queue, n)]))
    }
    await pipeline.exec()
  }
  await context.redis.hincrby(keys.stats, 'dead:foreign_key', MENDED + MISSING)
  await context.redis.hincrby(keys.stats, 'dead:malformed', MALFORMED)
}

const says = (page: Page, text: string | RegExp, timeout = 60_000) =>
  page.locator('main').getByText(text).first().waitFor({timeout})
const state = (page: Page, text: string) =>
  page.locator(`.board[data-state="${text}"]`).waitFor({timeout: 300_000})
const apply = async (page: Page, name: string) => {
  await page.locator('main').getByRole('button', {name}).click()
  await page.getByRole('dialog').getByRole('button', {name}).click()
}

it('the whole night: a million letters, their groups, the cause mended, what passes replayed, a purge undone', async () => {
  const at = await deadOrders(context, [])
  await makeLetters(at)
  const dead = () => context.redis.zcard(at.keys.dead)
  const counted = async () =>
    (await context.redis.hmget(at.keys.stats, 'dead:foreign_key', 'dead:malformed')).map(Number)
  expect(await dead()).toBe(1_000_000)
  const page = await browsing.open(lettersHash(at.queue))
  await says(page, 'newest 5,000 of 1,000,000 read')
  await page.getByRole('button', {name: 'read 1,000,000'}).click()
  await says(page, 'all 1,000,000 dead letters searched', 120_000)
  const groups = page.getByRole('table', {name: 'Dead letters by reason and error'}).locator('tbody tr')
  expect(await groups.locator('td.letters').allTextContents()).toEqual(['450,000', '400,000', '150,000'])

  const parents = groups.filter({hasText: 'foreign_key'})
  await parents.getByRole('button', {name: 'would they pass?'}).click()
  await says(page, /^0 of 5,000 dead letters would be written to .*orders now; 5,000 would fail again$/)
  await says(page, '5,000 letters miss customers 1')
  await context.pool.query('INSERT INTO customers VALUES (1)')
  await parents.getByRole('button', {name: 'would they pass?'}).click()
  await says(page, /^5,000 of 5,000 dead letters would be written/)

  await parents.getByRole('link').click()
  await says(page, /match; newest 5,000 of 1,000,000 read/)
  await page.keyboard.press('R')
  await page.getByLabel('Only those that would be written now').check()
  await page.getByLabel('Canary').fill('100')
  await page.getByRole('button', {name: 'Plan the replay'}).click()
  await state(page, 'planned')
  expect(await dead()).toBe(1_000_000)
  const stopWorkers = await startWorkers(context, at)
  await apply(page, 'Replay 50,000 dead letters')
  await state(page, 'done')
  await says(page, '50,000 of 50,000 dead letters replayed')
  await says(page, '0 of 100 failed again')
  await until(
    async () => Number((await context.pool.query('SELECT count(*) FROM orders')).rows[0].count) === MENDED,
  )
  expect([await dead(), await context.redis.zcard(at.keys.ready)]).toEqual([ALL - MENDED, 0])
  expect(await counted()).toEqual([MISSING, MALFORMED])
  expect((await context.pool.query('SELECT count(*) FROM orders WHERE customer <> 1')).rows[0].count).toBe(
    '0',
  )
  await stopWorkers()

  await page.goto(`${browsing.api.url}/${lettersHash(at.queue, 'reason:malformed')}`)
  await says(page, /match; newest 5,000 of 950,000 read/)
  await page.keyboard.press('P')
  await state(page, 'planned')
  await apply(page, 'Purge 450,000 dead letters')
  await state(page, 'done')
  expect([await dead(), ...(await counted())]).toEqual([MISSING + OTHERS, MISSING, 0])
  await page.keyboard.press('u')
  await state(page, 'undone')
  expect([await dead(), ...(await counted())]).toEqual([ALL - MENDED, MISSING, MALFORMED])
}, 900_000)
