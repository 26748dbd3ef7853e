import {beforeAll, describe, expect, it} from 'vitest'
import {cliJson} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {findRecords} from '../support/outside.ts'
import {codesById, FAULTS, idsWith, makeOrders, ORDERS} from './orders.ts'

const context = useServers()
const table = () => `${context.schema}.orders`

beforeAll(() => context.pool.query(ORDERS))

const work = (queue: string, ...flags: string[]) =>
  cliJson(['work', '-q', queue, '--table', table(), '--until-empty', '--workers', '3', ...flags])

describe.each([
  ['records one by one', 0, []],
  ['records in envelopes of 40', 100_000, ['--group', '40']],
])('%s', (_title, first, flags) => {
  const orders = makeOrders(5000, first)
  const lines = `${orders.map(({text}) => text).join('\n')}\n`

  it('every good record is one row, every other one a dead letter with the code of Postgres', async () => {
    const {queue} = context.newQueue()
    const {json} = await cliJson(['enqueue', '-q', queue, ...flags], {input: `${lines}not json\n`})
    expect(json).toMatchObject({queue, read: 5001, enqueued: 5000, duplicates: 0, rejected: 1})
    const {code, json: result} = await work(queue, '--batch', '400')
    // 3 means that there are dead letters
    expect({code, ...result}).toMatchObject({code: 3, inserted: 4500, alreadyThere: 0})
    const found = await findRecords(context, queue, table())
    expect(found.rows.filter((id) => id >= first && id < first + 5000)).toEqual(idsWith(orders, undefined))
    expect(found).toMatchObject({ready: [], leased: [], dead: idsWith(orders, ...Object.keys(FAULTS))})
    const codes = await codesById(context, queue)
    const wanted = orders.flatMap(({id, fault}) => (fault ? [[id, FAULTS[fault].code] as const] : []))
    expect([...codes].sort(([a], [b]) => a - b)).toEqual(wanted)
  })

  it('a second time every row is there already', async () => {
    const {queue} = context.newQueue()
    await cliJson(['enqueue', '-q', queue, ...flags], {input: lines})
    const {json} = await work(queue)
    expect(json).toMatchObject({inserted: 0, alreadyThere: 4500})
  })
})

it('values are stored as they were given', async () => {
  const {queue} = context.newQueue()
  const record =
    '{"id":-1,"customer":1,"amount":"0.10","placed_at":"2026-11-24T06:30:00.123456+05:30","tags":[],' +
    '"stay":"(1,3]","doc":{"n":9007199254740993.10,"s":"\\u00e4\\ud83d\\ude00"}}'
  await cliJson(['enqueue', '-q', queue], {input: record})
  await work(queue)
  const {rows} = await context.pool.query(
    `SELECT amount::text, placed_at::text, code, tags::text, stay::text, doc::text FROM ${table()} WHERE id = -1`,
  )
  expect(rows).toEqual([
    {
      amount: '0.10',
      placed_at: '2026-11-24 01:00:00.123456+00',
      code: 'none',
      tags: '{}',
      stay: '[2,4)',
      doc: '{"n": 9007199254740993.10, "s": "ä😀"}',
    },
  ])
})
