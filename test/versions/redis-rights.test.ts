import {join} from 'node:path'
import {Redis} from 'ioredis'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {NEEDED, rulesFor} from '../support/acl.ts'
import {cli, cliEnv, newFolder} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'

const context = useServers()
const QUEUE = 'orders'

let server: TestServer
let admin: Redis

beforeAll(async () => {
  server = await startTestRedis()
  admin = new Redis(server.url)
  await context.pool.query('CREATE TABLE acl (a int)')
})

afterAll(async () => {
  admin.disconnect()
  await server.stop()
})

/** Runs a command as a user who may do only what it needs. */
async function runAs(rules: string[], args: string[], input = '') {
  await admin.call('ACL', 'SETUSER', 'few', 'reset', ...rules)
  await admin.call('ACL', 'LOG', 'RESET')
  const url = new URL(server.url)
  url.username = 'few'
  url.password = 'only'
  const outcome = await cli(args, {env: cliEnv({REDIS_URL: url.href}), input})
  const log = (await admin.call('ACL', 'LOG')) as Array<Record<string, string> | string[]>
  const denied = log.map((entry) =>
    Array.isArray(entry) ? entry[entry.indexOf('object') + 1] : entry.object,
  )
  return {...outcome, denied}
}

/** The id of one of the queue's dead letters. */
async function anyLetter(): Promise<string> {
  const [letter = '{}'] = await admin.zrange(`dlq:${QUEUE}`, '0', '0')
  return String(JSON.parse(letter).id)
}

/** Fills the queue with items and dead letters, as a user who may do everything. */
async function fill(): Promise<void> {
  const env = cliEnv({REDIS_URL: server.url})
  await admin.flushdb()
  const bad = ['{"a":"x"}', '{"a":"y"}', '{"a":"z"}'].join('\n')
  await cli(['enqueue', '-q', QUEUE], {env, input: bad})
  await cli(['work', '-q', QUEUE, '--table', `${context.schema}.acl`, '--until-empty'], {env})
  await cli(['enqueue', '-q', QUEUE], {env, input: '{"a":1}\n{"a":2}\n{"a":"w"}'})
}

interface Call {
  args?: string[]
  code?: number
  /** Run before, as a user who may do everything. */
  before?: string[]
  /** Takes no queue. */
  hasNoQueue?: boolean
}

const ARGUMENTS: Record<string, Call> = {
  audit: {hasNoQueue: true},
  queues: {hasNoQueue: true},
  // Tests run Postgres without fsync, which is critical
  doctor: {code: 2},
  'dlq replay': {args: ['--limit', '1']},
  undo: {args: ['--last'], before: ['purge', '-q', QUEUE, '--yes']},
  'bench modes': {args: ['--mode', 'batch', '--batches', '100', '--for', '100ms'], hasNoQueue: true},
  'bench workers': {args: ['--workers', '1', '--batches', '200', '--count', '500'], hasNoQueue: true},
  work: {args: ['--until-empty'], code: 3},
  'dlq edit': {args: ['--set', 'a=1', '--limit', '1', '--yes']},
  'dlq purge': {args: ['--limit', '1', '--yes']},
  purge: {args: ['--yes']},
}

/** Commands that are used if permitted, and done without otherwise. */
const DONE_WITHOUT = /^(info|config\|get|slowlog\|get|memory\|usage|memory|slowlog|client\|list|scan)$/

describe('somebody who may do in Redis only what is listed for a command', () => {
  it.each(Object.keys(NEEDED))('can run qtool %s, and reads no word of the driver', async (command) => {
    await fill()
    const {args = [], code = 0, before, hasNoQueue} = ARGUMENTS[command] ?? {}
    if (before) await cli(before, {env: cliEnv({REDIS_URL: server.url})})
    const named = command === 'dlq show' ? [await anyLetter()] : args
    const queue = hasNoQueue ? [] : ['-q', QUEUE]
    await admin.script('FLUSH')
    const run = await runAs(rulesFor(command), [...command.split(' '), ...queue, ...named], '{"a":3}\n')
    expect({code: run.code, stderr: run.stderr}).toEqual({
      code,
      stderr: expect.not.stringMatching(/NOPERM|ioredis/),
    })
    expect(run.denied.filter((name) => !DONE_WITHOUT.test(name))).toEqual([])
    expect(run.stderr).not.toMatch(/Skipping|WARN/)
  })

  it('is told which command within a script was refused, and what to do', async () => {
    await fill()
    const rules = rulesFor('dlq replay').filter((rule) => rule !== '+pexpire')
    const {code, stderr} = await runAs(rules, ['dlq', 'replay', '-q', QUEUE, '--limit', '1'])
    expect({code, stderr}).toEqual({
      code: 1,
      stderr: expect.stringMatching(/refused PEXPIRE .*\n.*ACL SETUSER/),
    })
  })

  it('can undo the purge of dead letters', async () => {
    await fill()
    await cli(['dlq', 'purge', '-q', QUEUE, '--yes'], {env: cliEnv({REDIS_URL: server.url})})
    const run = await runAs(rulesFor('undo'), ['undo', '-q', QUEUE, '--last'])
    expect(run.code).toBe(0)
    expect(run.denied.filter((name) => !DONE_WITHOUT.test(name))).toEqual([])
  })

  it.each([
    ['purge', [...rulesFor('purge --where a:1 --yes').filter((rule) => /^\+/.test(rule))]],
    ['dlq purge', []],
    ['dlq edit --set a=1', []],
    ['dlq replay', ['+zmscore']],
  ])('can plan and apply %s', async (line, more) => {
    await fill()
    const command = line.split(' --')[0]
    const rules = [...rulesFor(command), ...more]
    const file = join(newFolder(), 'plan.json')
    for (const args of [
      [...line.split(' '), '-q', QUEUE, '--plan', file],
      ['apply', file, '--yes'],
    ]) {
      const run = await runAs(rules, args)
      const denied = run.denied.filter((name) => !DONE_WITHOUT.test(name))
      expect({code: run.code, denied}).toEqual({code: 0, denied: []})
    }
  })

  it.each([
    ['dlq purge', '--yes'],
    ['dlq purge', '--reason', 'invalid', '--yes'],
    ['dlq replay', '--reason', 'invalid'],
    ['dlq edit', '--set', 'a=1', '--yes'],
  ])('can %s until no letter is left of a reason: %s %s', async (command, ...args) => {
    await fill()
    const run = await runAs(rulesFor(command), [...command.split(' '), '-q', QUEUE, ...args])
    expect({code: run.code, stderr: run.stderr}).toEqual({
      code: 0,
      stderr: expect.not.stringMatching(/NOPERM|ioredis/),
    })
    expect(run.denied.filter((name) => !DONE_WITHOUT.test(name))).toEqual([])
    const left = command === 'dlq edit' ? 3 : 0
    expect(await admin.zcard(`dlq:${QUEUE}`)).toBe(left)
    const span = (await admin.hget(`stats:${QUEUE}`, 'failed:invalid')) ?? ''
    expect(span).toMatch(left === 0 ? /^$/ : /^3:/)
  })

  it.each(['enqueue', 'work'])('is told once by qtool %s that eviction was not checked', async (command) => {
    await fill()
    const {args = []} = ARGUMENTS[command] ?? {}
    const {stderr} = await runAs(rulesFor(command), [command, '-q', QUEUE, ...args], '{"a":3}\n')
    expect(stderr.match(/eviction policy was not checked/g)).toHaveLength(1)
  })
})

it('names the command and the way out where one that is needed is missing', async () => {
  await fill()
  const rules = [...rulesFor('enqueue'), '-zadd']
  const {code, stderr} = await runAs(rules, ['enqueue', '-q', QUEUE], '{"a":3}\n')
  expect(code).toBe(1)
  expect(stderr).toMatch(/NOPERM.*zadd/s)
  expect(stderr).toContain('ACL SETUSER')
})

it('is silent about a password that was not needed', async () => {
  await admin.call('ACL', 'SETUSER', 'default', 'nopass')
  try {
    const url = new URL(server.url)
    url.password = 'whatever'
    const {code, stderr} = await cli(['peek', '-q', QUEUE], {env: cliEnv({REDIS_URL: url.href})})
    expect({code, stderr}).toEqual({code: 0, stderr: expect.not.stringMatching(/WARN|password/)})
  } finally {
    await admin.call('ACL', 'SETUSER', 'default', 'resetpass', '>test')
  }
})
