import {expect, inject, it} from 'vitest'
import DlqList from '../../src/commands/dlq/list.ts'
import {useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'
import {runCommand} from '../support/run-command.ts'

const context = useServers()

const PAYLOADS = [
  ...['{"no":7,"at":{"x":"ü"}}', '{"no":"7"}', '{"no":7.0}', '{"no":null}', '{"other":1}'],
  ...[String.raw`{"no":8,"at.x":"\u00fc"}`, '{"no":8, "at": {"x": [1, 2]}}', '{"no":'],
]

async function seeded() {
  const at = context.newQueue()
  await seedLetters(
    context,
    at,
    PAYLOADS.map((payload, i) => ({payload, id: `l:${i}`, code: i < 2 ? '23503' : '22P02'})),
  )
  const envelope = '{"points":[{"no":8,"lat":[46.50]},{"no":9},{"no":8}],"reason":"flight 3 not found"}'
  await context.redis.zadd(at.keys.dead, 5, envelope)
  return at.queue
}

const list = (queue: string, ...args: string[]) =>
  runCommand(DlqList, ['-q', queue, ...args], {REDIS_URL: inject('redisUrl')})
const listed = async (queue: string, ...args: string[]) => {
  const {json} = await list(queue, '--json', ...args)
  return json as {by: {values: Array<{value: string; letters: number; records: number}>}; items: unknown[]}
}

it('counts the values of a path as filters compare them, in letters and records', async () => {
  const queue = await seeded()
  const {by, items} = await listed(queue, '--by', 'no')
  expect(by).toMatchObject({by: 'no', distinct: 5, isComplete: true, without: {letters: 2, records: 2}})
  expect(by.values.map(({value, letters, records}) => [value, letters, records])).toEqual([
    ['8', 3, 4],
    ['7', 2, 2],
    ['7.0', 1, 1],
    ['null', 1, 1],
    ['9', 1, 1],
  ])
  expect(by.values[0]).toMatchObject({share: 4 / 11})
  expect(items).toEqual([])
  // Each line is a filter
  const {matched} = (await list(queue, '--json', '--match', 'no=7')).json as {matched: number}
  expect(matched).toBe(2)
})

it.each([
  ['at.x', ['ü 2', '[1,2] 1']],
  ['points.0.lat', ['[46.50] 3']],
  ['lat.0', ['46.50 1']],
  ['points.7.no', []],
  ['code', ['22P02 6', '23503 2']],
  ['reason', ['foreign_key 8', 'flight N not found 3']],
  ['payload.reason', ['flight 3 not found 3']],
  ['records', ['1 8', '3 3']],
])('counts by %s', async (by, values) => {
  const found = await listed(await seeded(), '--by', by)
  expect(found.by.values.map(({value, records}) => `${value} ${records}`)).toEqual(values)
})

it('counts only what the filter selects, and says how many more there are', async () => {
  const queue = await seeded()
  const {stdout} = await list(queue, '--by', 'no', '--code', '22P02', '-n', '1')
  expect(stdout).toBe(
    [
      `queue ${queue}: 6 of 9 dead letters by no`,
      ' letters  records  share  no',
      '       2        2  33.3%  8',
      'and 2 more values; -n shows more',
      '2 records of 2 letters without no\n',
    ].join('\n'),
  )
})

it.each(['a b', '', 'age', 'reason.x', 'a:1'])('refuses %j', async (by) => {
  expect((await list(await seeded(), '--by', by)).code).toBe(2)
})

it('selects by an element of an array, too', async () => {
  const queue = await seeded()
  const matched = async (where: string) =>
    ((await list(queue, '--json', '--where', where)).json as {matched: number}).matched
  expect(await matched('payload.points.0.no:8')).toBe(1)
  expect(await matched('payload.points.1.no:8')).toBe(0)
  expect(await matched('payload.at.x.1>1')).toBe(1)
})
