import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import Queues from '../../src/commands/queues.ts'
import Status from '../../src/commands/status.ts'
import Up from '../../src/commands/up.ts'
import {readState} from '../../src/stack/state.ts'
import {withoutProgress} from '../support/quiet.ts'
import {runCommand} from '../support/run-command.ts'
import {newStackHome, type StackHome} from '../support/stack-home.ts'

let stack: StackHome

beforeAll(async () => {
  stack = await newStackHome()
})

afterAll(() => stack.remove())

describe('up', () => {
  it('starts both servers, says where they are, and is silent otherwise', async () => {
    const {code, json, stderr} = await runCommand(Up, ['--json'], stack.env)
    expect({code, stderr: withoutProgress(stderr)}).toEqual({code: 0, stderr: ''})
    expect(json).toMatchObject({
      started: true,
      running: true,
      redis: {running: true, version: expect.stringMatching(/^(Redis|Valkey) \d+\.\d+/)},
      postgres: {running: true, version: expect.stringMatching(/^PostgreSQL \d+\.\d+$/)},
    })
  })

  it('shows no password, nor does status', async () => {
    const {redis, postgres} = readState(stack.env)
    const passwords = [redis?.password, postgres?.password]
    for (const [command, ...argv] of [[Up], [Up, '--json'], [Status], [Status, '--json']] as const) {
      const {code, stdout} = await runCommand(command, argv, stack.env)
      expect(code).toBe(0)
      expect(stdout).toContain('redis://:****@127.0.0.1:')
      for (const password of passwords) expect(stdout).not.toContain(password)
    }
  })

  it('does nothing the second time', async () => {
    expect((await runCommand(Up, ['--json'], stack.env)).json).toMatchObject({started: false, running: true})
  })

  it('is used beside files for TLS that are meant for other servers, and says so', async () => {
    const {code, stderr} = await runCommand(Queues, [], {...stack.env, QTOOL_REDIS_CA: '/ca.pem'})
    expect(code).toBe(0)
    expect(stderr).toContain('the Redis of the local stack has no TLS')
  })

  it('says what is wrong with QTOOL_REDIS_SERVER', async () => {
    const empty = await newStackHome()
    const env = {...empty.env, QTOOL_REDIS_SERVER: '/bin/true'}
    const {code, stdout, stderr} = await runCommand(Up, [], env)
    expect({code, stdout, stderr}).toEqual({
      code: 2,
      stdout: '',
      stderr: `qtool: expected QTOOL_REDIS_SERVER to be a Redis 7 or newer, got /bin/true
  → unset it, and qtool takes the one on the PATH or unpacks its own
`,
    })
    await empty.remove()
  })
})
