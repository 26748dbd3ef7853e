import {expect, it} from 'vitest'
import {cli, cliEnv, cliJson} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()

const work = (queue: string, table: string, ...flags: string[]) => [
  'work',
  '-q',
  queue,
  '--table',
  `${context.schema}.${table}`,
  '--until-empty',
  ...flags,
]

it('names the keys without a column, those that Postgres alone fills in, and renames that never applied', async () => {
  await context.pool.query('CREATE TABLE listed (a int, total int GENERATED ALWAYS AS (a * 2) STORED)')
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1,"typo":2,"total":3}', '{"a":2,"typo":1,"__proto__":1}'])
  const {json, stderr} = await cliJson(work(queue, 'listed', '--rename', 'no=a'), {env: cliEnv()})
  expect(json).toMatchObject({queue, deadLettered: 2, deadLettersByReason: {invalid: 2}})
  expect(stderr).toContain('no record has what these ask for: --rename no=')
  await push(context, keys, ['{"a":1,"typo":2,"total":3}', '{"a":2,"typo":1,"__proto__":1}'])
  const again = await cliJson(work(queue, 'listed', '--rebind'), {env: cliEnv()})
  expect(again.json).toMatchObject({inserted: 2, unknownKeyCount: 4, unknownKeys: {typo: 2, total: 1}})
  expect(again.stderr).toMatch(/"typo" \(2\), "total", a GENERATED ALWAYS column \(1\), "__proto__" \(1\)/)
})

it('counts as already there what has the key that is named', async () => {
  await context.pool.query(`CREATE TABLE keyed (id serial PRIMARY KEY, x int, y int, UNIQUE (x, y))`)
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"x":1,"y":1}', '{"y":1,"x":1,"z":0}', '{"x":1,"y":2}'])
  const {json, code} = await cliJson(work(queue, 'keyed', '--key', 'x,y'), {env: cliEnv()})
  expect(code).toBe(0)
  expect(json).toMatchObject({inserted: 2, alreadyThere: 1, deadLettered: 0})
  const wrong = await cli(work(queue, 'keyed', '--key', 'x'), {env: cliEnv()})
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('has no unique key on exactly these columns')
  expect(wrong.stderr).toContain('its unique keys: id | x,y')
})

it('talks of paths where a mapping is in use: in the log, at the end and in check', async () => {
  await context.pool.query('CREATE TABLE pathed (id int, city text)')
  const {queue, keys} = context.newQueue()
  const line = '{"id":1,"city":"x","customer":{"city":"Bern","vip":1,"a.b":2}}'
  await push(context, keys, [line])
  const mapping = ['--map', 'city=customer.city']
  const {json, stderr} = await cliJson([...work(queue, 'pathed', ...mapping), '--log', 'text'], {
    env: cliEnv(),
  })
  expect(json.unknownKeys).toEqual({city: 1, 'customer.vip': 1, 'customer["a.b"]': 1})
  const t = `${context.schema}.pathed`
  const told = `records have values that the mapping gives no column of ${t}: "city" (its column gets customer.city, for example "x"), "customer.vip" (for example 1), "customer[\\"a.b\\"]" (for example 2)`
  expect(stderr).toContain(told)
  expect(stderr).toMatch(
    /ignored values that the mapping gives no column of .*pathed"?: "city", whose column gets customer\.city \(1\)/,
  )
  const checked = await cli(['check', '--table', t, ...mapping], {env: cliEnv(), input: line})
  expect(checked.stdout).toContain('value that the mapping gives no column')
  expect(checked.stdout).toContain('customer["a.b"]')
})
