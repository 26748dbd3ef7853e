import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, inject, it} from 'vitest'
import Apply from '../../src/commands/apply.ts'
import DlqEdit from '../../src/commands/dlq/edit.ts'
import Undo from '../../src/commands/undo.ts'
import {newFolder} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'
import {runCommand} from '../support/run-command.ts'

const context = useServers()

const run = (command: Parameters<typeof runCommand>[0], ...args: string[]) =>
  runCommand(command, [...args, '--json'], {
    REDIS_URL: inject('redisUrl'),
    DATABASE_URL: inject('databaseUrl'),
  })

const PAYLOADS = [
  '{"no":1,"amount":"1,50"}',
  '{"no":2,"amount":"12,75"}',
  '{"no":3,"amount":"-1,00"}',
  '{"no":4}',
]
const RULE = ['--convert', 'amount:comma-decimal']

/** Letters of a queue that drains into a table which takes no negative amounts. */
async function seeded(table: string) {
  const at = context.newQueue()
  await context.pool.query(
    `CREATE TABLE ${table} (no int PRIMARY KEY, amount numeric NOT NULL CHECK (amount > 0))`,
  )
  const bound = {table: `"${context.schema}"."${table}"`, records: 'points', rename: {}}
  await at.engine.bind(bound, {rebind: true})
  await seedLetters(
    context,
    at,
    PAYLOADS.map((payload) => ({payload})),
  )
  return {...at, dead: () => context.redis.zrange(at.keys.dead, '0', '-1', 'WITHSCORES')}
}

const EXPECTED = {
  matched: 4,
  skipped: 1,
  leftAlone: [{why: 'has no key amount', records: 1, example: 'lease:3'}],
  judged: {letters: 3, passing: 2, failing: 1, unknown: 0, obstacles: [{code: '23514', letters: 1}]},
  examples: [
    {id: 'lease:0', before: PAYLOADS[0], after: '{"no":1,"amount":1.50}'},
    {before: PAYLOADS[1], after: '{"no":2,"amount":12.75}'},
    {before: PAYLOADS[2], after: '{"no":3,"amount":-1.00}'},
  ],
}

it('says before it changes anything what would pass, and what is left alone and why', async () => {
  const {queue, dead} = await seeded('dry')
  const before = await dead()
  const {json, code} = await run(DlqEdit, '-q', queue, ...RULE, '--dry-run')
  expect([json, code]).toMatchObject([{...EXPECTED, edited: 3, trash: null}, 0])
  expect(await dead()).toEqual(before)
  expect((await context.pool.query('SELECT FROM dry')).rowCount).toBe(0)
})

it('edits exactly what was planned, and is undone to the byte', async () => {
  const {queue, dead} = await seeded('planned')
  const before = await dead()
  const file = join(newFolder(), 'plan.json')
  await run(DlqEdit, '-q', queue, ...RULE, '--drop-key', 'no', '--plan', file)
  expect(JSON.parse(readFileSync(file, 'utf8')).input).toEqual({
    convert: ['amount:comma-decimal'],
    'drop-key': ['no'],
  })
  const {json} = await run(Apply, file, '--yes')
  expect(json).toMatchObject({edited: 3, trash: expect.any(String)})
  expect((await dead()).join()).toContain(String.raw`{\"amount\":12.75}`)
  await run(Undo, (json as {trash: string}).trash, '-q', queue)
  expect(await dead()).toEqual(before)
})

it('takes the queue of a rule as an argument, as every other command does', async () => {
  const {queue} = await seeded('named')
  const {json, code} = await run(DlqEdit, queue, ...RULE, '--dry-run')
  expect([json, code]).toMatchObject([EXPECTED, 0])
})

it('edits every letter of one score, whatever order the edit gives them', async () => {
  const at = context.newQueue()
  const letters = Array.from({length: 1300}, (_, n) => [1_700_000_000, `{"a":${n},"reason":"r"}`])
  await context.redis.zadd(at.keys.dead, ...letters.flat())
  const {json} = await run(DlqEdit, '-q', at.queue, '--rename-key', 'a=z', '--yes')
  expect(json).toMatchObject({matched: 1300, edited: 1300, skipped: 0, leftAlone: []})
  const members = await context.redis.zrange(at.keys.dead, '0', '-1')
  expect(members.filter((member) => member.startsWith('{"z":'))).toHaveLength(1300)
})

it.each([
  [['other', '--convert', 'a:trim'], 'the queue is named twice'],
  [[], 'expected the id of a dead letter, or a rule'],
  [['--convert', 'amount:comma', '--yes'], 'unknown conversion "comma"'],
  [['a:1', '--group', 'pz15w3'], 'an id cannot be combined with --group'],
])('refuses %j', async (args, message) => {
  const {queue} = context.newQueue()
  await context.redis.zadd(`dlq:${queue}`, 1, '{}')
  const {code, json} = await run(DlqEdit, '-q', queue, ...args)
  expect([code, json]).toMatchObject([2, {error: {message: expect.stringContaining(message)}}])
})
