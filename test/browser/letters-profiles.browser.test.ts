import {beforeAll, describe, expect, inject, it} from 'vitest'
import {useServers} from '../support/context.ts'
import {deadOrders, lettersHash, makeOrders, missingCustomers} from './dead-orders.ts'
import {useBrowser} from './support.ts'

const context = useServers()
beforeAll(() => makeOrders(context))

/** A server whose Redis is that of a profile. */
function of(mode: 'production' | 'read-only') {
  const redisUrl = {value: inject('redisUrl'), source: 'profile' as const}
  return {settings: {redisUrl, profile: {name: 'eu', mode, named: true}}}
}

describe('production', () => {
  const browsing = useBrowser(() => of('production'))

  it('asks for the name of the queue before anything changes', async () => {
    const {queue, keys} = await deadOrders(context, missingCustomers(3))
    const page = await browsing.open(lettersHash(queue))
    await page.getByText('eu · production').waitFor()
    await page.locator('main').getByText('all 3 dead letters searched').waitFor()
    await page.keyboard.press('P')
    await page.locator('.board[data-state="planned"]').waitFor()
    await page.keyboard.press('A')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill('another')
    await dialog.getByRole('textbox').press('Enter')
    await dialog.getByText(`expected ${queue}, got another`).waitFor()
    expect(await context.redis.zcard(keys.dead)).toBe(3)
    await dialog.getByRole('textbox').fill(queue)
    await dialog.getByRole('textbox').press('Enter')
    await page.locator('.board[data-state="done"]').waitFor()
    expect(await context.redis.zcard(keys.dead)).toBe(0)
  })
})

describe('a read-only profile', () => {
  const browsing = useBrowser(() => of('read-only'))

  it('shows letters, and says why it plans nothing', async () => {
    const {queue, keys} = await deadOrders(context, missingCustomers(3))
    const page = await browsing.open(lettersHash(queue))
    await page.locator('main').getByText('all 3 dead letters searched').waitFor()
    await page.keyboard.press('P')
    await page
      .getByRole('alert')
      .getByText(/read-only/)
      .waitFor()
    expect(await context.redis.zcard(keys.dead)).toBe(3)
  })
})
