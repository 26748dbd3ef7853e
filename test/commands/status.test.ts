import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import Status from '../../src/commands/status.ts'
import {runCommand} from '../support/run-command.ts'
import {newStackHome, type StackHome} from '../support/stack-home.ts'

let stack: StackHome

beforeAll(async () => {
  stack = await newStackHome()
})

afterAll(() => stack.remove())

describe('status', () => {
  it('says that there is no stack, and how to get one', async () => {
    const {code, stdout, stderr} = await runCommand(Status, [], stack.env)
    expect({code, stdout, stderr}).toEqual({
      code: 0,
      stdout: 'no local stack yet; qtool up creates one\n',
      stderr: '',
    })
  })

  it('has the same fields as JSON', async () => {
    const {code, json} = await runCommand(Status, ['--json'], stack.env)
    expect(code).toBe(0)
    expect(json).toEqual({
      running: false,
      redis: null,
      postgres: null,
      startedAt: null,
      replica: null,
      sentinels: [],
      sentinelUrl: null,
      nodes: [],
      clusterUrl: null,
    })
  })
})
