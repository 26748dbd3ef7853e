import {beforeAll, expect, it} from 'vitest'
import {cli, cliJson} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()

beforeAll(() =>
  context.pool.query(`CREATE TABLE orders (no int PRIMARY KEY);
CREATE TABLE lines (no int REFERENCES orders, up int, UNIQUE (no, up));
CREATE TABLE notes (no int CONSTRAINT own REFERENCES orders)`),
)

it('examines each table of a queue with routes', {timeout: 60_000}, async () => {
  const {queue, keys} = context.newQueue()
  const named = (table: string) => `${context.schema}.${table}`
  const routes = ['line', 'order', 'note'].flatMap((kind) => ['--route', `kind=${kind}:${named(`${kind}s`)}`])
  await push(context, keys, ['{"kind":"order","no":1}', '{"kind":"line","no":1,"up":1}'])
  expect((await cliJson(['work', '-q', queue, '--until-empty', ...routes])).code).toBe(0)

  const {json} = await cliJson(['doctor', '-q', queue])
  const about = (check: string) =>
    (json.findings as Array<{check: string; what: string}>)
      .filter((one) => one.check === `postgres.${check}`)
      .map(({what}) => what.replaceAll(`${context.schema}.`, ''))
  expect(about('unique-key')).toEqual(['notes has no unique key over what records give'])
  expect(about('child-index')).toEqual([
    expect.stringMatching(/^no index of notes begins with no, .* refers to orders$/),
  ])
  expect(json.setWise).toBeNull()
  expect(Object.keys(json.setWiseByTable).sort()).toEqual([named('lines'), named('notes')])
  const {stdout} = await cli(['doctor', '-q', queue])
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    `qtool work checks those of ${named('lines')} for a whole lease at once`,
  )

  await context.pool.query('DROP TABLE notes')
  const without = await cliJson(['doctor', '-q', queue])
  expect(without.code).toBe(2)
  const {what} = without.json.findings.find(({check}: {check: string}) => check === 'postgres.table')
  expect(what.replaceAll('"', '')).toContain(`table ${named('notes')} does not exist in database`)
  const one = await cliJson(['doctor', '-q', queue, '--table', named('orders')])
  expect(Object.keys(one.json.setWiseByTable)).toEqual([])
})
