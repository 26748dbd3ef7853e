import {createHash} from 'node:crypto'
import {existsSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Ajv2020} from 'ajv/dist/2020.js'
import {afterAll, expect, inject, it} from 'vitest'
import Apply from '../../src/commands/apply.ts'
import Audit from '../../src/commands/audit.ts'
import DlqEdit from '../../src/commands/dlq/edit.ts'
import DlqPurge from '../../src/commands/dlq/purge.ts'
import DlqReplay from '../../src/commands/dlq/replay.ts'
import Purge from '../../src/commands/purge.ts'
import {newFolder} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'
import {runCommand} from '../support/run-command.ts'

const context = useServers()
const folder = newFolder()
const isPlan = new Ajv2020({allErrors: true}).compile(JSON.parse(readFileSync('schemas/plan.json', 'utf8')))
let files = 0

type Command = Parameters<typeof runCommand>[0]
const run = (command: Command, ...args: string[]) =>
  runCommand(command, args, {REDIS_URL: inject('redisUrl')})

afterAll(() => expect(files).toBeGreaterThan(0))

/** Five dead letters, two of them invalid, and three ready items. */
async function filled() {
  const at = context.newQueue()
  const letters = Array.from({length: 5}, (_, i) => ({
    payload: `{"n":${i},"tenant":7}`,
    reason: i < 2 ? ('invalid' as const) : ('foreign_key' as const),
    score: 1e13 + i,
  }))
  await seedLetters(context, at, letters)
  await push(context, at.keys, ['{"ready":1}', '{"ready":2}', '{"ready":3}'])
  const all = () =>
    Promise.all([
      context.redis.zrange(at.keys.ready, '0', '-1', 'WITHSCORES'),
      context.redis.zrange(at.keys.dead, '0', '-1', 'WITHSCORES'),
      context.redis.hgetall(at.keys.stats),
      context.redis.hgetall(at.keys.trash),
    ])
  const file = join(folder, `plan${files++}.json`)
  const planned = async (command: Command, ...args: string[]) => {
    const {code, json, stderr} = await run(command, '-q', at.queue, ...args, '--plan', file, '--json')
    return {code, json, stderr, plan: JSON.parse(readFileSync(file, 'utf8'))}
  }
  const audit = async () => (await run(Audit, '-q', at.queue, '--json')).json as {lines: unknown[]}
  return {...at, all, file, planned, audit}
}

/** What a plan is said to hold, computed from what Redis answers. */
async function fingerprintOf(key: string, select = (_member: string) => true): Promise<string> {
  const found = await context.redis.zrange(key, '0', '-1', 'WITHSCORES')
  const hash = createHash('sha256')
  for (let i = 0; i < found.length; i += 2) {
    if (!select(found[i])) continue
    const score = Buffer.from(new Float64Array([Number(found[i + 1])]).buffer).reverse()
    const length = Buffer.from(new Uint32Array([Buffer.byteLength(found[i])]).buffer).reverse()
    hash.update(score).update(length).update(found[i])
  }
  return `sha256:${hash.digest('hex')}`
}

const OPERATIONS: Array<[string, Command, string[], object, object]> = [
  ['purge', Purge, [], {affected: 3, byReason: {}}, {matched: 3, purged: 3}],
  ['purge', Purge, ['--where', 'ready>1'], {affected: 2, input: {where: 'ready>1'}}, {matched: 2, purged: 2}],
  [
    'dlq purge',
    DlqPurge,
    [],
    {affected: 5, byReason: {foreign_key: 3, invalid: 2}},
    {matched: 5, purged: 5, remaining: 0},
  ],
  [
    'dlq purge',
    DlqPurge,
    ['--reason', 'invalid'],
    {affected: 2, byReason: {invalid: 2}, input: {reason: 'invalid'}},
    {matched: 2, purged: 2, remaining: 3},
  ],
  [
    'dlq edit',
    DlqEdit,
    ['--where', 'n<3', '--set', 'tenant=8'],
    {affected: 3, byReason: {invalid: 2, foreign_key: 1}},
    {matched: 3, edited: 3},
  ],
  [
    'dlq replay',
    DlqReplay,
    ['--limit', '4', '--rate', '5k'],
    {affected: 4, byReason: {invalid: 2, foreign_key: 2}},
    {replayed: 4, remaining: 1},
  ],
]

it.each(OPERATIONS)('plans %s without a change, and applies the plan', async (...operation) => {
  const [name, command, args, plan, result] = operation
  const {queue, all, file, planned, audit} = await filled()
  const before = await all()
  const made = await planned(command, ...args)
  expect(made).toMatchObject({code: 0, stderr: `the plan is in ${file}; "qtool apply ${file}" runs it\n`})
  expect(made.plan).toMatchObject({qtool: 1, operation: name, queue, ...plan})
  isPlan(made.plan)
  expect(isPlan.errors).toBeNull()
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect([await all(), (await audit()).lines]).toEqual([before, []])
  const applied = await run(Apply, file, '--yes', '--json')
  expect(applied).toMatchObject({code: 0, json: {operation: name, queue, ...result}})
  expect((await audit()).lines).toMatchObject([
    {
      action: name,
      state: 'done',
      count: made.plan.affected,
      filter: expect.stringMatching(/, as planned at 20\S+Z by \S+$/),
    },
  ])
  const again = await run(Apply, file, '--yes', '--json')
  expect(again).toMatchObject({code: 6, json: {error: {code: 'DRIFTED'}}})
})

it('keeps a fingerprint of the exact bytes and scores', async () => {
  const ready = await filled()
  const {plan} = await ready.planned(Purge)
  expect(plan.fingerprint).toBe(await fingerprintOf(ready.keys.ready))
  const dead = await filled()
  const some = await dead.planned(DlqPurge, '--reason', 'invalid')
  const isInvalid = (member: string) => member.includes('"invalid"')
  expect(some.plan.fingerprint).toBe(await fingerprintOf(dead.keys.dead, isInvalid))
})

type Filled = Awaited<ReturnType<typeof filled>>
const DRIFTS: Array<[string, Command, string[], (at: Filled) => Promise<unknown>, string]> = [
  ['fewer ready items', Purge, [], ({keys}) => context.redis.zpopmin(keys.ready), 'affect 2 now, and 3 were'],
  ['more ready items', Purge, [], ({keys}) => context.redis.zadd(keys.ready, 9, 'x'), 'affect 4 now, and 3'],
  [
    'a new item that matches',
    Purge,
    ['--where', 'ready>1'],
    ({keys}) => context.redis.zadd(keys.ready, 9, '{"ready":9}'),
    'affect 3 now, and 2 were planned',
  ],
  [
    'another ready item in place of one',
    Purge,
    [],
    async ({keys}) => {
      await context.redis.zrem(keys.ready, '{"ready":2}')
      await context.redis.zadd(keys.ready, 1, '{"ready":4}')
    },
    'affect others than the 3 that were planned',
  ],
  [
    'another priority',
    Purge,
    [],
    ({keys}) => context.redis.zadd(keys.ready, 1.5, '{"ready":2}'),
    'affect others than the 3',
  ],
  ['fewer dead letters', DlqPurge, [], ({keys}) => context.redis.zpopmin(keys.dead), 'affect 4 now, and 5'],
  [
    'an older dead letter that came back',
    DlqReplay,
    ['--reason', 'invalid'],
    (at) => seedLetters(context, at, [{payload: '{}', id: 'old', reason: 'invalid', failedAt: 1e12}]),
    'affect 3 now, and 2 were planned',
  ],
  [
    'an edit',
    DlqReplay,
    [],
    ({queue}) => run(DlqEdit, '-q', queue, '--where', 'n:3', '--set', 'n=33', '--yes'),
    'affect others than the 5',
  ],
  [
    'an item that is ready by now',
    DlqReplay,
    [],
    ({keys}) => context.redis.zadd(keys.ready, 9, '{"n":3,"tenant":7}'),
    'affect 4 now, and 5 were planned',
  ],
  [
    'another value',
    DlqEdit,
    ['--where', 'tenant:7', '--set', 'tenant=8'],
    ({queue}) => run(DlqEdit, '-q', queue, '--where', 'n:3', '--set', 'tenant=8', '--yes'),
    'affect 4 now, and 5 were planned',
  ],
]

it.each(DRIFTS)('refuses after %s', async (_name, command, args, drift, message) => {
  const at = await filled()
  const {plan} = await at.planned(command, ...args)
  await drift(at)
  const before = await at.all()
  const {code, stderr, stdout} = await run(Apply, at.file, '--yes')
  expect([code, stdout]).toEqual([6, ''])
  expect(stderr).toContain(`qtool: ${plan.operation} of queue `)
  // Its first word is masked, since it is the password of the test servers
  expect(stderr).toContain(`${at.queue.slice('test'.length)} would ${message}`)
  expect(stderr).toContain('nothing was changed; make the plan again')
  expect(await at.all()).toEqual(before)
})

it.each([
  ['dlq purge', DlqPurge, [], {purged: 5, remaining: 1}],
  ['dlq purge --where', DlqPurge, ['--where', 'tenant:7'], {purged: 5, remaining: 1}],
  ['dlq edit', DlqEdit, ['--where', 'tenant:7', '--set', 'tenant=8'], {edited: 5, later: 1}],
  ['dlq replay', DlqReplay, [], {replayed: 5, later: 1, remaining: 1}],
])('leaves alone what came in after the plan of %s', async (_name, command, args, result) => {
  const at = await filled()
  const {plan} = await at.planned(command, ...args)
  const letter = {payload: '{"n":99,"tenant":7}', id: 'new', failedAt: Math.ceil(plan.moment.ms) + 1}
  await seedLetters(context, at, [letter])
  expect(await run(Apply, at.file, '--yes', '--json')).toMatchObject({code: 0, json: result})
})

it('counts ages from the moment of the plan', async () => {
  const at = await filled()
  const [seconds] = await context.redis.time()
  await context.redis.zadd(at.keys.ready, Number(seconds) * 1000 - 3_590_000, '{"ready":"almost an hour"}')
  const {plan} = await at.planned(Purge, '--where', 'age>1h OR ready:1')
  expect(plan.affected).toBe(1)
  // As if an hour had passed
  const text = JSON.stringify({...plan, moment: {...plan.moment, ms: plan.moment.ms + 3_600_000}})
  writeFileSync(at.file, text)
  expect((await run(Apply, at.file, '--yes')).stderr).toContain('would affect 2 now, and 1 were planned')
  writeFileSync(at.file, JSON.stringify(plan))
  expect(await run(Apply, at.file, '--yes', '--json')).toMatchObject({json: {purged: 1}})
})

it('reads envelopes as the plan did', async () => {
  const at = await filled()
  await push(context, at.keys, ['{"rows":[{"deep":1}]}'])
  const {plan} = await at.planned(Purge, '--where', 'deep:1 NOT rows:*')
  expect(plan.affected).toBe(0)
})

it('asks as the command does, and does nothing without an answer', async () => {
  const at = await filled()
  await at.planned(DlqEdit, '--where', 'tenant:7', '--set', 'tenant=8')
  const before = await at.all()
  const {code, stderr} = await run(Apply, at.file)
  expect(code).toBe(6)
  expect(stderr).toContain('change the payload of 5 dead letters of queue ')
  expect(stderr).toContain('after   {"n":0,"tenant":8}')
  expect(await at.all()).toEqual(before)
})

it('does nothing for a plan of nothing', async () => {
  const at = await filled()
  const {plan} = await at.planned(DlqPurge, '--where', 'n:77')
  expect(plan.affected).toBe(0)
  expect(await run(Apply, at.file, '--json')).toMatchObject({code: 0, json: {matched: 0, purged: 0}})
  expect((await at.audit()).lines).toEqual([])
})

it('writes no plan over a file, and none of a queue that does not exist', async () => {
  const at = await filled()
  writeFileSync(at.file, 'mine')
  const {code, stderr} = await run(Purge, '-q', at.queue, '--plan', at.file)
  expect([code, readFileSync(at.file, 'utf8')]).toEqual([2, 'mine'])
  expect(stderr).toContain('cannot create the file of --plan: EEXIST')
  const other = join(folder, 'none.json')
  expect((await run(Purge, '-q', `${at.queue}x`, '--plan', other)).code).toBe(2)
  expect(existsSync(other)).toBe(false)
})

it.each(['--dry-run', '--yes'])('refuses --plan beside %s', async (flag) => {
  const at = await filled()
  const {code, stderr} = await run(Purge, '-q', at.queue, '--plan', at.file, flag)
  expect(code).toBe(2)
  expect(stderr).toContain(flag)
  expect(existsSync(at.file)).toBe(false)
})

it.each<[string, (plan: Record<string, unknown>) => unknown, string]>([
  ['no object', () => 5, 'it has no field "qtool"'],
  ['another version', (plan) => ({...plan, qtool: 2}), 'it is of version 2, and this qtool reads version 1'],
  ['another operation', (plan) => ({...plan, operation: 'drop'}), 'its operation is "drop"'],
  [
    'a condition it does not know',
    (plan) => ({...plan, input: {wher: 'n:1'}}),
    'no plan has a field /input/wher',
  ],
  ['no fingerprint', ({fingerprint: _, ...plan}) => plan, '/ must have required propert'],
  ['a text as a number', (plan) => ({...plan, affected: '5'}), '/affected must be integer'],
])('refuses a file with %s', async (_name, spoil, why) => {
  const at = await filled()
  const {plan} = await at.planned(DlqPurge)
  writeFileSync(at.file, JSON.stringify(spoil(plan)))
  const before = await at.all()
  const {code, stderr} = await run(Apply, at.file, '--yes')
  expect(stderr).toContain(`expected ${at.file} to be a plan that qtool wrote, but ${why}`)
  expect(code).toBe(2)
  expect(await at.all()).toEqual(before)
})

it('refuses a file that is no JSON, and one that is not there', async () => {
  const at = await filled()
  writeFileSync(at.file, '{"qtool":1')
  expect(await run(Apply, at.file)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('it is not JSON'),
  })
  expect(await run(Apply, join(folder, 'nowhere.json'))).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/cannot read the plan .+: ENOENT/),
  })
})

it('refuses a filter that was changed in the file', async () => {
  const at = await filled()
  const {plan} = await at.planned(DlqPurge, '--reason', 'invalid')
  writeFileSync(at.file, JSON.stringify({...plan, input: {}}))
  expect(await run(Apply, at.file, '--yes')).toMatchObject({
    code: 6,
    stderr: expect.stringContaining('would affect 5 now, and 2 were planned'),
  })
})
