import {createHash} from 'node:crypto'
import {beforeAll, expect, it} from 'vitest'
import {cliJson} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {findRecords} from '../support/outside.ts'
import {FAULTS, idsWith, makeOrders, ORDERS} from './orders.ts'

const context = useServers()
const orders = makeOrders(2000)
const table = () => `${context.schema}.orders`
const at = {queue: ''}

/** Ids of the dead letters that are still expected, by fault. */
const left = new Set(Object.keys(FAULTS))

const run = (...args: string[]) => cliJson([...args, '-q', at.queue])
const withTable = (...args: string[]) => run(...args, '--table', table())

async function expectPlaces(ready: string[] = []): Promise<void> {
  const found = await findRecords(context, at.queue, table())
  const rows = orders.filter(({fault}) => fault === undefined || !(left.has(fault) || ready.includes(fault)))
  expect(found).toEqual({
    ready: idsWith(orders, ...ready),
    leased: [],
    dead: idsWith(orders, ...left),
    rows: rows.map(({id}) => id),
  })
}

/** A digest of all dead letters with their scores. */
async function digest(): Promise<string> {
  const letters = await context.redis.zrange(`dlq:${at.queue}`, '0', '-1', 'WITHSCORES')
  return createHash('sha256').update(letters.join('\n')).digest('hex')
}

beforeAll(async () => {
  await context.pool.query(ORDERS)
  at.queue = context.newQueue().queue
  await cliJson(['enqueue', '-q', at.queue], {input: orders.map(({text}) => text).join('\n')})
  await withTable('work', '--until-empty')
})

it('200 records failed, 20 of each kind', () => expectPlaces())

it('list and show say why, in the words of Postgres', async () => {
  const {json} = await run('dlq', 'list', '--reason', 'foreign_key', '--limit', '1')
  expect(json).toMatchObject({matched: 20})
  const {json: letter} = await run('dlq', 'show', json.items[0].id)
  expect(JSON.stringify(letter)).toContain('Key (customer)=(1234) is not present in table')
})

it('diagnose says that all would fail again', async () => {
  const {json} = await withTable('dlq', 'diagnose')
  expect(json).toMatchObject({matched: 200, passing: 0, failing: 200})
})

it('diagnose counts those that would pass, once their parent is there, and writes nothing', async () => {
  await context.pool.query('INSERT INTO customers VALUES (1234)')
  const {json} = await withTable('dlq', 'diagnose')
  expect(json).toMatchObject({matched: 200, passing: 20, failing: 180})
  await expectPlaces()
})

it('replay --only-passing puts back those, and work writes them', async () => {
  const {json} = await withTable('dlq', 'replay', '--only-passing')
  expect(json).toMatchObject({matched: 200, replayed: 20})
  left.delete('parent')
  await expectPlaces(['parent'])
  await withTable('work', '--until-empty')
  await expectPlaces()
})

it('edit mends a value, and then only those pass', async () => {
  const filter = ['--reason', 'constraint', '--match', 'amount=-1']
  expect((await run('dlq', 'edit', ...filter, '--set', 'amount=1', '--yes')).json).toMatchObject({edited: 20})
  expect((await withTable('dlq', 'diagnose')).json).toMatchObject({matched: 180, passing: 20, failing: 160})
  await withTable('dlq', 'replay', '--only-passing')
  left.delete('check')
  await withTable('work', '--until-empty')
  await expectPlaces()
})

it('a replay of all comes back as the same dead letters', async () => {
  expect((await run('dlq', 'replay')).json).toMatchObject({replayed: 160})
  await withTable('work', '--until-empty')
  await expectPlaces()
})

it('purge takes them away, and undo brings them back', async () => {
  const before = await digest()
  await run('dlq', 'purge', '--yes')
  expect(await context.redis.zcard(`dlq:${at.queue}`)).toBe(0)
  const {json} = await run('undo')
  await run('undo', json.trash[0].id)
  expect(await digest()).toBe(before)
  await expectPlaces()
})
