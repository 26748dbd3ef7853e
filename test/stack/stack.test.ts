import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {Redis} from 'ioredis'
import pg from 'pg'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {down} from '../../src/stack/down.ts'
import {stopProcess} from '../../src/stack/process.ts'
import {commandLine} from '../../src/stack/process-table.ts'
import {type ServerName, serverPid} from '../../src/stack/running.ts'
import {up} from '../../src/stack/stack.ts'
import {readStack, readState} from '../../src/stack/state.ts'
import {newStackHome, type StackHome} from '../support/stack-home.ts'

const NAMES: ServerName[] = ['redis', 'postgres']
let stack: StackHome

beforeAll(async () => {
  stack = await newStackHome()
})

afterAll(() => stack.remove())

/** Process ids of both servers, which must run. */
function pids(): number[] {
  return NAMES.map((name) => {
    const pid = serverPid(name, join(stack.home, name))
    if (pid === undefined) throw new Error(`${name} does not run`)
    return pid
  })
}

async function urls() {
  const running = await readStack(stack.env)
  if (!running) throw new Error('the stack does not run')
  return running
}

/** Runs one statement and one command on the stack, with its own passwords. */
async function use(statement: string, command: string, ...args: string[]): Promise<unknown[]> {
  const {redisUrl, databaseUrl} = await urls()
  const redis = new Redis(redisUrl)
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    return [(await client.query(statement)).rows, await redis.call(command, ...args)]
  } finally {
    redis.disconnect()
    await client.end()
  }
}

const read = () => use('SELECT id FROM kept', 'GET', 'kept')
const KEPT = [[{id: 7}], 'yes']

async function kill(): Promise<void> {
  for (const pid of pids()) await stopProcess(pid, 'SIGKILL', 10_000)
}

// These tests follow one stack through its life, so each depends on the one before.
describe('the local stack', () => {
  it('comes up once when two ask at the same time, also after an initdb that was cut off', async () => {
    await mkdir(join(stack.home, '.draft-initdb-x', 'base'), {recursive: true})
    const [first, second] = await Promise.all([up({env: stack.env}), up({env: stack.env})])
    expect([first.started, second.started].sort()).toEqual([false, true])
    expect(first.state.redis).toEqual(second.state.redis)
    await use('CREATE TABLE kept AS SELECT 7 AS id', 'SET', 'kept', 'yes')
    expect(await read()).toEqual(KEPT)
    expect((await readdir(stack.home)).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('does nothing when it runs', async () => {
    const before = pids()
    expect(await up({env: stack.env})).toMatchObject({started: false})
    expect(pids()).toEqual(before)
  })

  it('asks for passwords, and shows them in no command line', async () => {
    const {redis, postgres} = readState(stack.env)
    for (const password of [redis?.password, postgres?.password]) {
      expect(password).toMatch(/^[0-9a-f]{36}$/)
      for (const pid of pids()) expect(commandLine(pid)).not.toContain(password)
    }
    const anonymous = new Redis({port: redis?.port, host: '127.0.0.1'})
    anonymous.on('error', () => {})
    await expect(anonymous.get('kept')).rejects.toThrow('NOAUTH')
    anonymous.disconnect()
    const stranger = new pg.Client({host: '127.0.0.1', port: postgres?.port, user: 'postgres', password: 'x'})
    await expect(stranger.connect()).rejects.toMatchObject({code: '28P01'})
  })

  it('keeps its data as a database of this kind should', async () => {
    const [rows, append] = await use(
      `SELECT current_setting('fsync') AS fsync, datlocprovider AS provider, pg_encoding_to_char(encoding) AS code,
        current_setting('listen_addresses') AS listens FROM pg_database WHERE datname = 'postgres'`,
      'CONFIG',
      ...['GET', 'appendonly', 'appendfsync', 'maxmemory-policy', 'bind'],
    )
    expect(rows).toEqual([{fsync: 'on', provider: 'b', code: 'UTF8', listens: '127.0.0.1'}])
    expect(append).toEqual(expect.arrayContaining(['yes', 'everysec', 'noeviction', '127.0.0.1']))
  })

  it('comes back with ports and data after its servers were killed', async () => {
    const before = await urls()
    await kill()
    expect(await readStack(stack.env)).toBeUndefined()
    expect(await up({env: stack.env})).toMatchObject({started: true})
    expect(await urls()).toEqual(before)
    expect(await read()).toEqual(KEPT)
  })

  it('comes back when the pid files name somebody else and its lock is a dead process', async () => {
    await kill()
    await writeFile(join(stack.home, 'redis', 'redis.pid'), `${process.pid}\n`)
    const file = join(stack.home, 'postgres', 'postmaster.pid')
    await writeFile(file, (await readFile(file, 'utf8')).replace(/^\d+/, String(process.pid)))
    await writeFile(join(stack.home, 'stack.lock'), '999999999 1 x')
    await up({env: stack.env})
    expect(await read()).toEqual(KEPT)
  })

  it('comes back with its data when the state file was lost while it ran', async () => {
    const before = pids()
    await writeFile(join(stack.home, 'stack.json'), 'garbage')
    await up({env: stack.env})
    for (const pid of pids()) expect(before).not.toContain(pid)
    for (const pid of before) expect(commandLine(pid)).not.toContain(stack.home)
    expect(await read()).toEqual(KEPT)
  })

  it('takes other ports when its own are taken meanwhile', async () => {
    const {redis, postgres} = readState(stack.env)
    expect(await down(stack.env, {purge: false})).toEqual({stopped: ['postgres', 'redis'], removed: []})
    const squatters = [redis?.port, postgres?.port].map((port) => createServer().listen(port, '127.0.0.1'))
    await Promise.all(squatters.map((squatter) => once(squatter, 'listening')))
    await up({env: stack.env})
    expect(readState(stack.env).redis?.port).not.toBe(redis?.port)
    expect(readState(stack.env).postgres?.port).not.toBe(postgres?.port)
    expect(await read()).toEqual(KEPT)
    for (const squatter of squatters) squatter.close()
  })

  it('starts only the server that is missing', async () => {
    const [redis, postgres] = pids()
    await stopProcess(redis, 'SIGKILL', 10_000)
    await up({env: stack.env})
    expect(pids()[0]).not.toBe(redis)
    expect(pids()[1]).toBe(postgres)
  })

  it('tells what the server said when it cannot start', async () => {
    await down(stack.env, {purge: false})
    const settings = join(stack.home, 'postgres', 'postgresql.conf')
    const good = await readFile(settings, 'utf8')
    await writeFile(settings, `${good}\nno_such_setting = 1\n`)
    await expect(up({env: stack.env})).rejects.toThrow(/no_such_setting/)
    await writeFile(settings, good)
  })

  it('leaves nothing after a purge', async () => {
    await up({env: stack.env})
    const before = pids()
    const {removed} = await down(stack.env, {purge: true})
    expect(removed).toEqual([join(stack.home, 'postgres'), join(stack.home, 'redis')])
    expect(await readdir(stack.home)).toEqual([])
    for (const pid of before) expect(existsSync(`/proc/${pid}`)).toBe(false)
    expect(await down(stack.env, {purge: true})).toEqual({stopped: [], removed: []})
  })
})
