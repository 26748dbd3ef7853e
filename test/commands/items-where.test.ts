import {expect, inject, it} from 'vitest'
import Audit from '../../src/commands/audit.ts'
import Peek from '../../src/commands/peek.ts'
import Purge from '../../src/commands/purge.ts'
import Undo from '../../src/commands/undo.ts'
import {useServers} from '../support/context.ts'
import {runCommand} from '../support/run-command.ts'

const context = useServers()
const HOUR = 3_600_000

/** 1,200 items, n hours old at priority n modulo 3; each in an envelope with a second record. */
async function filled() {
  const at = context.newQueue()
  const now = Date.now() + 60_000
  const items = Array.from({length: 1200}, (_, n) => [
    (n % 3) * 1e13 + now - n * HOUR,
    `{"points":[{"n":${n},"name":"Z\\u00fcrich ${n}"},{"n":-1}],"who":"igc"}`,
  ])
  await context.redis.zadd(at.keys.ready, ...items.flat())
  await context.redis.zadd(
    at.keys.ready,
    7,
    '{"n":5000}',
    '-inf',
    'no JSON, Alpine',
    'inf',
    '{"n":"5001","b":NaN}',
  )
  return at
}

const run = (command: Parameters<typeof runCommand>[0], queue: string, ...args: string[]) =>
  runCommand(command, ['-q', queue, ...args], {REDIS_URL: inject('redisUrl')})

const peeked = async (queue: string, where: string, ...more: string[]) => {
  const {json} = await run(Peek, queue, '--where', where, '--json', ...more)
  return json as {searched: number; items: Array<{payload: string}>}
}
const numbers = ({items}: {items: Array<{payload: string}>}) =>
  items.map(({payload}) => Number(/"n":"?(\d+)/.exec(payload)?.[1]))

it.each([
  ['n:1199', [1199]],
  ['n>=1198', [5000, 1198, 1199, 5001]],
  ['age>1198h', [1199]],
  ['priority:0 age<4h', [3, 0]],
  ['priority>1 n<6 n>=0', [5, 2]],
  ['NOT n<5000', [Number.NaN, 5000, 5001]],
  ['NOT priority:*', [Number.NaN, 5000, 5001]],
  ['n:-1 n:7', []],
  ['n:7 NOT n:8', [7]],
  ['text:Alpine', [Number.NaN]],
  ['text:"Zürich 44" n>=0 n<100', [44]],
  ['bytes<12', [5000]],
  ['b:null', [5001]],
  ['who:igc name:*119', [1119, 119]],
  ['age<30m OR queue:other', [0]],
])('peek --where %j finds %j, in the order in which they leave', async (where, expected) => {
  const {queue} = await filled()
  const found = numbers(await peeked(queue, where))
  expect(found).toEqual(expected)
})

it('stops at the limit, and says what it searched', async () => {
  const {queue} = await filled()
  const found = await peeked(queue, 'priority:0', '-n', '2')
  expect(numbers(found)).toEqual([1197, 1194])
  expect(found.searched).toBeLessThan(1000)
  const {stdout} = await run(Peek, queue, '--where', 'n:44')
  expect(stdout).toContain(`queue ${queue}: 1 of 1,203 items, searched 1,203`)
  const none = await run(Peek, queue, '--where', 'n:4444')
  expect(none.stdout).toBe(`queue ${queue}: none of 1,203 items matches the filter, searched 1,203\n`)
})

it.each(['reason:invalid', 'code:23503', 'attempts>1', 'id:x', 'NOT message:x'])(
  'refuses %s, which ready items do not have, with the fields that they have',
  async (where) => {
    const {queue, keys} = await filled()
    for (const command of [Peek, Purge]) {
      const more = command === Purge ? ['--yes'] : []
      const {code, stderr} = await run(command, queue, '--where', where, ...more)
      expect(code).toBe(2)
      expect(stderr).toContain('ready items have no ')
      expect(stderr).toContain('fields: age, time, priority, bytes, queue, text, payload')
    }
    expect(await context.redis.zcard(keys.ready)).toBe(1203)
  },
)

it('purges what a filter selects, and undo restores it with its scores', async () => {
  const {queue, keys} = await filled()
  const before = await context.redis.zrange(keys.ready, '0', '-1', 'WITHSCORES')
  const where = ['--where', 'priority:1 n>=600']
  expect((await run(Purge, queue, ...where, '--dry-run', '--json')).json).toMatchObject({
    matched: 200,
    purged: 0,
  })
  const asked = await run(Purge, queue, ...where)
  expect(asked.code).toBe(6)
  expect(asked.stderr).toContain(`200 of 1,203 ready items of queue `)
  const {json} = await run(Purge, queue, ...where, '--yes', '--json')
  expect(json).toMatchObject({matched: 200, purged: 200})
  expect(await context.redis.zcard(keys.ready)).toBe(1003)
  expect((await peeked(queue, 'priority:1 n>=600')).items).toEqual([])
  const audit = await run(Audit, queue, '--json')
  expect(audit.json).toMatchObject({
    lines: [{action: 'purge', count: 200, filter: `--where 'priority:1 n>=600'`}],
  })
  expect((await run(Undo, queue, '--last', '--json')).json).toMatchObject({restored: 200})
  expect(await context.redis.zrange(keys.ready, '0', '-1', 'WITHSCORES')).toEqual(before)
})

it('purges each of many items of one moment', async () => {
  const {queue, keys} = context.newQueue()
  const items = Array.from({length: 1700}, (_, n) => [5, `{"n":${n},"odd":${n % 2}}`])
  await context.redis.zadd(keys.ready, ...items.flat())
  const {json} = await run(Purge, queue, '--where', 'odd:1', '--yes', '--json')
  expect(json).toMatchObject({matched: 850, purged: 850})
  expect(await context.redis.zcard(keys.ready)).toBe(850)
  const {stdout} = await run(Purge, queue, '--where', 'odd:1', '--yes')
  expect(stdout).toBe(`queue ${queue}: no ready item matches the filter (850 in total)\n`)
})
