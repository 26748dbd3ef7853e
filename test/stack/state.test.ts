import {mkdir, mkdtemp, readdir, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {serverPid} from '../../src/stack/running.ts'
import {readStack, readState, type StackState, serverUrl, writeState} from '../../src/stack/state.ts'

let home: string
let env: {QTOOL_HOME: string}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'qtool-state-'))
  env = {QTOOL_HOME: home}
})

afterEach(() => rm(home, {recursive: true}))

function exampleState(): StackState {
  const server = (name: string) => ({port: 1, password: 'secret', version: '1', folder: join(home, name)})
  return {redis: server('redis'), postgres: server('postgres'), startedAt: '2026-11-24T01:00:00.000Z'}
}

describe('the state file', () => {
  it('comes back as it was written, for its owner alone, with nothing left beside it', async () => {
    await writeState(env, exampleState())
    expect(readState(env)).toEqual(exampleState())
    expect((await stat(join(home, 'stack.json'))).mode & 0o777).toBe(0o600)
    expect(await readdir(home)).toEqual(['stack.json'])
  })

  it.each(['', 'garbage', 'null', '[]', '{"redis": {"port": "1"}}', '{"redis": 5}'])(
    'counts as empty when it holds %j',
    async (content) => {
      await writeFile(join(home, 'stack.json'), content)
      expect(readState(env)).toEqual({})
    },
  )

  it('holds the password in the URLs', () => {
    const server = {port: 7, password: 'secret', version: '', folder: ''}
    expect(serverUrl('redis', server)).toBe('redis://:secret@127.0.0.1:7/0')
    expect(serverUrl('postgres', server)).toBe('postgres://postgres:secret@127.0.0.1:7/postgres')
  })
})

describe('a stack', () => {
  it('does not run where there is no state', async () => {
    expect(await readStack(env)).toBeUndefined()
  })

  it('does not run when the pid files name nobody, or a process that is not ours', async () => {
    await writeState(env, exampleState())
    for (const pid of ['999999999', String(process.pid), 'x']) {
      await mkdir(join(home, 'redis'), {recursive: true})
      await mkdir(join(home, 'postgres'), {recursive: true})
      await writeFile(join(home, 'redis', 'redis.pid'), pid)
      await writeFile(join(home, 'postgres', 'postmaster.pid'), `${pid}\n${join(home, 'postgres')}\n`)
      expect(serverPid('redis', join(home, 'redis'))).toBeUndefined()
      expect(serverPid('postgres', join(home, 'postgres'))).toBeUndefined()
      expect(await readStack(env)).toBeUndefined()
    }
  })
})
