import {expect, it, onTestFinished} from 'vitest'
import {useServers} from '../support/context.ts'
import {until} from '../support/until.ts'
import {workerState} from '../support/worker-state.ts'
import {useBrowser} from './support.ts'

const context = useServers()
const browsing = useBrowser()

it('shows of a queue what Redis itself counts, and its workers', async () => {
  const {queue, keys, engine} = context.newQueue()
  for (let i = 0; i < 1500; i++) await context.redis.zadd(keys.ready, i, `{"id":${i}}`)
  const lease = await engine.take({taker: 'test', turn: 1, count: 400, lengthMs: 600_000})
  expect(lease.state).toBe('lease')
  const worked = {host: 'host-of-tests', workers: 3, recordsPerSecond: 1250, postgres: 'open'}
  await engine.reportWorker(workerState('host-of-tests:4711:abcd', worked))
  const page = await browsing.open(`#/queue/${queue}`)
  const figure = (title: string) => page.locator(`[data-figure="${title}"] dd`).first()
  await page.getByText('host-of-tests').waitFor()
  expect(await figure('ready').textContent()).toBe('1,100')
  expect(await context.redis.zcard(`queue:${queue}`)).toBe(1100)
  expect(await figure('leased').textContent()).toBe('400')
  const worker = page.getByRole('row').filter({hasText: 'host-of-tests'})
  expect(await worker.getByRole('cell').allTextContents()).toEqual([
    '4711',
    '3',
    '1,250',
    'ok',
    'away',
    '1.2.3',
    expect.any(String),
  ])
  await page.getByText('Postgres away: 1 of 1 worker processes cannot reach Postgres').waitFor()
})

it('shows over how many shards a queue is spread, and what each holds', async () => {
  const {queue, redis} = {...context.newQueue(), redis: context.redis}
  const since = '2026-11-27T01:02:03.000Z'
  await redis.hset(`sink:${queue}`, {shards: 2, served: 3, epoch: 2, shard_by: 'f', moving: `3 2 1 ${since}`})
  await redis.zadd(`queue:${queue}_shard_1`, 1, 'a', 2, 'b')
  await redis.zadd(`queue:${queue}_shard_3`, 1, 'left behind')
  onTestFinished(async () => {
    await redis.del(`queue:${queue}_shard_1`, `queue:${queue}_shard_3`)
  })
  const page = await browsing.open(`#/queue/${queue}`)
  await page.getByText('2 shards by f').waitFor()
  await page.getByText('items have been moving to 2 shards since 2026-11-27 01:02:03Z').waitFor()
  const rows = page.getByRole('region', {name: 'shards'}).locator('tbody tr')
  const cells = async (n: number) => (await rows.nth(n).locator('th, td').allTextContents()).join(' ')
  // The queue's own name is shown only if somebody has put something there
  expect(await rows.count()).toBe(3)
  expect(await cells(0)).toBe(`${queue}_shard_1 2 0 0`)
  expect(await cells(1)).toBe(`${queue}_shard_2 0 0 0`)
  expect(await cells(2)).toBe(`${queue}_shard_3 1 0 0`)
})

it('draws no age of a list, whose items say none, and shows no shards of it', async () => {
  const {queue} = context.newQueue()
  await context.redis.rpush(`queue:${queue}`, '{"id":1}')
  const page = await browsing.open(`#/queue/${queue}`)
  await page.getByRole('heading', {name: 'backlog', exact: true}).waitFor()
  expect(await page.getByText('oldest item').filter({visible: true}).count()).toBe(0)
  expect(await page.getByRole('region', {name: 'shards'}).count()).toBe(0)
})

it('pauses a queue for some time, and lets it go on', async () => {
  const {queue, keys} = context.newQueue()
  await context.redis.zadd(keys.ready, 1, '{}')
  const page = await browsing.open(`#/queue/${queue}`)
  await page.getByRole('button', {name: 'Pause…'}).click()
  const dialog = page.getByRole('dialog', {name: `Pause ${queue}?`})
  expect(await dialog.textContent()).toContain('1 item will wait')
  await page.keyboard.press('Escape')
  await dialog.waitFor({state: 'detached'})
  expect(await context.redis.exists(`paused:${queue}`)).toBe(0)
  await page.getByRole('button', {name: 'Pause…'}).click()
  await dialog.getByLabel('For how long').selectOption('1 hour')
  const before = Date.now()
  await dialog.getByRole('button', {name: 'Pause'}).click()
  await page.getByText(`${queue} is paused for 1 h 0 m`).waitFor()
  const leftMs = await context.redis.pttl(keys.paused)
  expect(leftMs).toBeLessThanOrEqual(3_600_000)
  expect(leftMs).toBeGreaterThanOrEqual(3_600_000 - (Date.now() - before))
  await page.getByRole('button', {name: 'Resume…'}).click()
  await page.getByRole('dialog').getByRole('button', {name: 'Resume'}).click()
  await page.getByText(`${queue} resumed`).waitFor()
  expect(await context.redis.exists(keys.paused)).toBe(0)
})

it('shows names and reasons as they are, whatever they hold', async () => {
  const {queue, keys} = context.newQueue()
  const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
  await context.redis.hset(keys.stats, `dead:${hostile}`, 1)
  await context.redis.zadd(keys.dead, 1, '{}')
  const page = await browsing.open(`#/queue/${queue}`)
  await page.getByRole('link', {name: hostile}).waitFor()
  expect(await page.locator('main img, main script').count()).toBe(0)
  expect(await page.title()).toBe(`${queue} · qtool`)
})

it('tells a misspelt name from a queue that is empty', async () => {
  const {queue, keys} = context.newQueue()
  const page = await browsing.open(`#/queue/${queue}`)
  const warning = page.getByText('nothing was ever put into a queue of this name')
  await warning.waitFor()
  await context.redis.zadd(keys.ready, 1, '{}')
  await warning.waitFor({state: 'detached'})
})

it('says in place of a verdict why an impossible name has none', async () => {
  const page = await browsing.open('#/queue/no%20such%20name')
  await page.locator('.verdict[data-level="critical"]').getByText('queue name').first().waitFor()
  expect(await page.getByRole('heading', {level: 1}).textContent()).toBe('no such name')
})

it('shows the scripts of qtool in the slow log by their names, and what can be lost', async () => {
  const {redis} = context
  const {queue, keys, engine} = context.newQueue()
  const [, before] = (await redis.config('GET', 'slowlog-log-slower-than')) as string[]
  await redis.zadd(keys.ready, 1, '{}')
  // The page shows the last ten, and meanwhile the commands of other tests are as slow
  let turn = 0
  await until(async () => {
    await redis.config('SET', 'slowlog-log-slower-than', '0')
    await engine.take({taker: 'test', turn: ++turn, count: 1, lengthMs: 600_000})
    await redis.config('SET', 'slowlog-log-slower-than', before)
    return JSON.stringify(await redis.slowlog('GET', 10)).includes(`queue:${queue}`)
  })
  const page = await browsing.open('#/server')
  await page
    .getByRole('cell', {name: `script take queue:${queue}`})
    .first()
    .waitFor()
  const losses = page.getByRole('region', {name: 'guarantee'}).getByRole('row')
  expect((await losses.allTextContents()).join()).toContain('Postgres')
})

it('says that a queue is a list, and where, and nothing of times that its items do not have', async () => {
  const {queue, keys} = context.newQueue()
  await context.redis.hset(keys.sink, {ready_key: `list of ${queue}`, engine: 'list', list_pops: 'left'})
  await context.redis.rpush(`list of ${queue}`, '{"a":1}', '{"a":2}')
  const page = await browsing.open(`#/queue/${queue}`)
  await page.getByText(`list in key list of ${queue}`).waitFor()
  expect(await page.locator('[data-figure="ready"] dd').first().textContent()).toBe('2')
  expect(await page.locator('[data-figure="oldest item"]').isVisible()).toBe(false)
  await context.redis.del(`list of ${queue}`)
})
