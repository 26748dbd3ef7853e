import {join} from 'node:path'
import {beforeAll, expect, it, vi} from 'vitest'
import {cli, cliJson, newFolder, runningCli, until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {type Counted, countLetters, lettersOf} from './count.ts'
import {FOREIGN, LATE_CUSTOMERS, LATE_DEVICES, PRODUCERS} from './kinds.ts'
import {expectedLetters, type Feed, makeNight} from './make.ts'
import {groupLines, kindLine, lineOf, obstacleLines, shown} from './screens.ts'

/** Of all three producers; QTOOL_NIGHT_ITEMS=1060000 makes a million dead letters. */
const ITEMS = Number(process.env.QTOOL_NIGHT_ITEMS ?? 20_000)

vi.setConfig({testTimeout: 120_000 + ITEMS, hookTimeout: 120_000 + ITEMS})

const NAMES = ['orders', 'payments', 'positions'] as const
type Name = (typeof NAMES)[number]

const context = useServers()
const at = {} as Record<Name, ReturnType<typeof context.newQueue>>
let feeds: Record<string, Feed>

/** Runs a command on the queue of a producer, which must end well, and returns what it shows in a pipe. */
async function screenOf(name: Name, ...words: string[]): Promise<string> {
  const {code, stdout, stderr} = await cli([...words, '-q', at[name].queue])
  expect(code, `qtool ${words.join(' ')}\n${stderr}`).toBe(0)
  return stdout
}

async function count(name: Name): Promise<Map<string, Counted>> {
  return countLetters(context.redis, at[name].keys.dead)
}

async function rows(table: string): Promise<number> {
  const {rows: found} = await context.pool.query(`SELECT count(*)::int AS n FROM ${table} WHERE id >= 0`)
  return found[0].n
}

/** The id of the group of this kind. */
async function groupOf(name: Name, kind: string): Promise<string> {
  const lines = groupLines(await screenOf(name, 'dlq', 'list', '--all'))
  return lines.find((line) => line.kind === kind)?.id ?? `no group ${kind}`
}

const work = (name: Name) => [
  ...['work', '-q', at[name].queue, '--table', `${context.schema}.${PRODUCERS[name].table}`],
  ...['--max-refused', '100%'],
]

const bad = (name: Name, kind: string) => feeds[name].bad[kind]
const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, n) => sum + n, 0)

beforeAll(async () => {
  for (const name of NAMES) at[name] = context.newQueue()
  const keys = Object.fromEntries(NAMES.map((name) => [name, at[name].keys]))
  feeds = await makeNight(context, {items: ITEMS, keys})
})

it.each(NAMES)('workers drain what the producer of %s made, to the record', async (name) => {
  const {json} = await cliJson([...work(name), '--until-empty'])
  const {good} = feeds[name]
  const expected = expectedLetters(PRODUCERS[name], feeds[name])
  expect([json.inserted, json.deadLettered]).toEqual([good, total(expected)])
  expect(await rows(PRODUCERS[name].table)).toBe(good)
  const foreign = FOREIGN[name]
  const others = foreign ? {[`${foreign.reason}   `]: Math.round(ITEMS / 100)} : {}
  expect(lettersOf(await count(name))).toEqual({...expected, ...others})
})

it('queues and inspect show what lies in Redis', async () => {
  const {stdout} = await cli(['queues'])
  for (const name of NAMES) {
    const letters = total(lettersOf(await count(name)))
    // A table cuts names as long as these in their middle
    const begin = at[name].queue.slice(0, 20)
    expect(stdout).toMatch(new RegExp(`^ ${begin}\\S+ +! +dead letters .* ${shown(letters)} `, 'm'))
    const inspected = await screenOf(name, 'inspect')
    expect(inspected).toMatch(new RegExp(`^ dead letters +${shown(letters)}$`, 'm'))
    expect(inspected).toMatch(new RegExp(`^ written +${shown(feeds[name].good)} rows, 0 already there$`, 'm'))
  }
})

it.each(NAMES)('dlq list shows the groups of %s, and --group each of them alone', async (name) => {
  const counted = await count(name)
  const all = [...counted.values()].reduce((sum, {records}) => sum + records, 0)
  const screen = await screenOf(name, 'dlq', 'list', '--all')
  const lines = groupLines(screen)
  const expected = [...counted].map(([kind, one]) => lineOf(kindLine(kind), one, all))
  const byKind = (a: {kind: string}, b: {kind: string}) => a.kind.localeCompare(b.kind)
  expect(lines.map(({id: _, ...line}) => line).sort(byKind)).toEqual(expected.sort(byKind))
  expect(screen).toContain(`queue ${at[name].queue}: ${shown(total(lettersOf(counted)))} dead letters`)
  for (const {id, letters, kind} of lines) {
    const alone = await screenOf(name, 'dlq', 'list', '--group', id)
    expect(alone).toContain(`: ${letters} of ${shown(total(lettersOf(counted)))} dead letters`)
    expect(groupLines(alone).map((line) => [line.id, line.letters, line.kind])).toEqual([[id, letters, kind]])
  }
})

it('dlq list --by counts the values of a path', async () => {
  const wanted = new Map<number, number>()
  for (const {payloads} of (await count('orders')).values()) {
    for (const payload of payloads.filter((text) => text.endsWith('}'))) {
      const {customer} = JSON.parse(payload)
      wanted.set(customer, (wanted.get(customer) ?? 0) + 1)
    }
  }
  const screen = await screenOf('orders', 'dlq', 'list', '--by', 'customer', '-n', '1000')
  const lines = [...screen.matchAll(/^ +([\d,]+) +[\d,]+ +[\d.]+% {2}(\d+)$/gm)]
  expect(new Map(lines.map(([, letters, customer]) => [Number(customer), letters]))).toEqual(
    new Map([...wanted].map(([customer, n]) => [customer, shown(n)])),
  )
  expect(screen).toContain(`${shown(bad('orders', 'cut'))} records of`)
})

it('dlq diagnose shows what stands in the way, the late customers behind wrong amounts as well', async () => {
  const payloads = [...(await count('orders')).values()].flatMap((one) => one.payloads)
  const whole = payloads.filter((text) => text.endsWith('}')).map((text) => JSON.parse(text))
  const isLate = ({customer}: {customer: number}) => customer >= LATE_CUSTOMERS.from
  const both = whole.filter((order) => isLate(order) && typeof order.amount === 'string').length
  const late = whole.filter(isLate).length
  const screen = await screenOf('orders', 'dlq', 'diagnose')
  expect(screen).toMatch(new RegExp(`^0 of ${shown(payloads.length)} dead letters would be written`))
  expect(screen).toContain(`${shown(both)} letters have more than one obstacle`)
  const lines = obstacleLines(screen)
  const figures = (kind: string) => {
    const {letters, alone, records} = lines.get(kind) ?? {}
    return [letters, alone, records]
  }
  expect(figures('foreign_key 23503  orders_customer_fkey → customers')).toEqual(
    [late, late - both, late].map(shown),
  )
  const amounts = bad('orders', 'comma') + bad('orders', 'words')
  expect(figures('invalid 22P02  amount')).toEqual([amounts, amounts - both, amounts].map(shown))
  for (const [kind, line] of [
    ['epoch', 'invalid TS_FORMAT  placed_at'],
    ['currency', 'constraint 23502  currency'],
    ['amount', 'constraint 23514  orders_amount_check'],
    ['cut', 'malformed JSON'],
  ]) {
    expect([line, ...figures(line)]).toEqual([line, ...Array(3).fill(shown(bad('orders', kind)))])
  }
  expect(lines.get('foreign_key 23503  orders_customer_fkey → customers')?.error).toMatch(
    new RegExp(`^missing: ${LATE_CUSTOMERS.count} different customers, of which the 10 most wanted: `),
  )
})

it('dlq diagnose counts each record once, also of letters that are no records of the table', async () => {
  const lines = obstacleLines(await screenOf('payments', 'dlq', 'diagnose'))
  for (const [letters, line] of [
    [bad('payments', 'twice'), 'constraint 23505  payments_reference_key'],
    [bad('payments', 'method'), 'invalid 22001  method'],
    [bad('payments', 'day'), 'invalid TS_FORMAT  booked_on'],
    [Math.round(ITEMS / 100), 'invalid NO_COLUMN'],
  ] as const) {
    const found = lines.get(line)
    expect([line, found?.letters, found?.records]).toEqual([line, shown(letters), shown(letters)])
  }
})

it('dlq edit by rule changes exactly what it said, and undo brings it back', async () => {
  const group = await groupOf('orders', 'invalid 22P02  amount')
  const german = async () => {
    const amounts = (await count('orders')).get('invalid 22P02 amount ')?.payloads ?? []
    return amounts.filter((text) => /"amount":"[\d.]+,\d\d"/.test(text)).length
  }
  const edit = ['dlq', 'edit', '--group', group, '--convert', 'amount:comma-decimal']
  const [comma, words] = [bad('orders', 'comma'), bad('orders', 'words')]
  const said = `${shown(comma)} of ${shown(comma + words)} dead letters`
  expect(await german()).toBe(comma)
  const before = await screenOf('orders', ...edit, '--dry-run')
  expect(before).toContain(`${said} would be changed`)
  expect(before).toContain(`${shown(words)} records left alone`)
  expect(await german()).toBe(comma)
  const after = await screenOf('orders', ...edit, '--yes')
  expect(after).toContain(`${said} changed`)
  expect(await german()).toBe(0)
  const [, trash] = /qtool undo (\w+)/.exec(after) ?? []
  expect(await screenOf('orders', 'undo', trash)).toContain(`${shown(comma)} edited dead letters restored`)
  expect(await german()).toBe(comma)
  await screenOf('orders', ...edit, '--yes')
  await screenOf('orders', 'dlq', 'edit', '--column', 'placed_at', '--convert', 'placed_at:epoch-ms', '--yes')
})

it('a planned replay moves what Postgres takes by now, and nothing else', async () => {
  await context.pool.query('INSERT INTO customers SELECT $1 + i FROM generate_series(0, $2 - 1) i', [
    LATE_CUSTOMERS.from,
    LATE_CUSTOMERS.count,
  ])
  const passing = bad('orders', 'customer') + bad('orders', 'comma') + bad('orders', 'epoch')
  const letters = total(lettersOf(await count('orders')))
  const file = join(newFolder(), 'plan.json')
  const planned = await screenOf('orders', 'dlq', 'replay', '--only-passing', '--plan', file)
  expect(planned).toMatch(new RegExp(`^ would be replayed +${shown(passing)}$`, 'm'))
  expect(await context.redis.zcard(at.orders.keys.ready)).toBe(0)
  const {stdout} = await cli(['apply', file])
  expect(stdout).toMatch(new RegExp(`^ replayed +${shown(passing)} in `, 'm'))
  expect(stdout).toMatch(new RegExp(`^ dead letters now +${shown(letters - passing)}$`, 'm'))
  expect(await context.redis.zcard(at.orders.keys.ready)).toBe(passing)
  const {json} = await cliJson([...work('orders'), '--until-empty'])
  expect([json.inserted, json.deadLettered]).toEqual([passing, 0])
  expect(await rows('orders')).toBe(feeds.orders.good + passing)
})

it('a replay with a canary waits for workers, and gets every position in', async () => {
  await context.pool.query('INSERT INTO devices SELECT $1 + i FROM generate_series(0, $2 - 1) i', [
    LATE_DEVICES.from,
    LATE_DEVICES.count,
  ])
  const group = await groupOf('positions', 'foreign_key 23503  positions_device_fkey → devices')
  const worker = runningCli(work('positions'))
  const screen = await screenOf('positions', 'dlq', 'replay', '--group', group, '--canary', '20')
  expect(screen).toMatch(/^ canary +0 of 20 failed again$/m)
  expect(screen).toMatch(new RegExp(`^ replayed +${shown(bad('positions', 'device'))} in `, 'm'))
  await until(async () => (await rows('positions')) === feeds.positions.good + bad('positions', 'device'))
  worker.child.kill('SIGTERM')
  await worker.ended
})

it('dlq purge removes the letters of another service, and undo brings them back', async () => {
  const before = await count('payments')
  const {letters = 0} = before.get('card_declined   ') ?? {}
  const screen = await screenOf('payments', 'dlq', 'purge', '--reason', 'card_declined', '--yes')
  expect(screen).toContain(`${shown(letters)} dead letters purged`)
  expect((await count('payments')).has('card_declined   ')).toBe(false)
  const [, trash] = /qtool undo (\w+)/.exec(screen) ?? []
  expect(await screenOf('payments', 'undo', trash)).toContain(`${shown(letters)} dead letters restored`)
  expect(lettersOf(await count('payments'))).toEqual(lettersOf(before))
})

it('no record is lost or doubled by morning', async () => {
  for (const name of NAMES) {
    const counted = await count(name)
    const own = [...counted].filter(([kind]) => !kind.startsWith(FOREIGN[name]?.reason ?? 'none'))
    const left = own.reduce((sum, [, {letters}]) => sum + letters, 0)
    const made = feeds[name].good + total(feeds[name].bad)
    expect([name, left + (await rows(PRODUCERS[name].table))]).toEqual([name, made])
  }
  const left = lettersOf(await count('orders'))
  const kinds = ['words', 'currency', 'amount', 'cut']
  expect(total(left)).toBe(kinds.reduce((sum, kind) => sum + bad('orders', kind), 0))
})
