import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import Down from '../../src/commands/down.ts'
import {up} from '../../src/stack/stack.ts'
import {readStack} from '../../src/stack/state.ts'
import {runCommand} from '../support/run-command.ts'
import {newStackHome, type StackHome} from '../support/stack-home.ts'

let stack: StackHome

beforeAll(async () => {
  stack = await newStackHome()
  await up({env: stack.env})
})

afterAll(() => stack.remove())

const folders = () => ['postgres', 'redis'].map((name) => join(stack.home, name))

// The tests share one stack and stop it step by step.
describe('down', () => {
  it('refuses to remove data that nobody confirmed, and leaves the servers running', async () => {
    const {code, stdout, stderr} = await runCommand(Down, ['--purge'], stack.env)
    expect({code, stdout}).toEqual({code: 6, stdout: ''})
    for (const folder of folders()) expect(stderr).toMatch(new RegExp(`${folder} \\([\\d.]+ [KM]iB\\)`))
    expect(stderr).toContain('add --yes')
    expect(await readStack(stack.env)).toBeDefined()
  })

  it('stops both servers and keeps their data', async () => {
    const {code, json} = await runCommand(Down, ['--json'], stack.env)
    expect({code, json}).toEqual({code: 0, json: {stopped: ['postgres', 'redis'], removed: []}})
    expect(await readStack(stack.env)).toBeUndefined()
    for (const folder of folders()) expect(existsSync(folder)).toBe(true)
  })

  it('is content when nothing runs', async () => {
    const {code, stdout, stderr} = await runCommand(Down, [], stack.env)
    expect({code, stdout, stderr}).toEqual({code: 0, stdout: 'no local stack was running\n', stderr: ''})
  })

  it('removes the data with --purge --yes, and asks for nothing once it is gone', async () => {
    const {code, json} = await runCommand(Down, ['--purge', '--yes', '--json'], stack.env)
    expect({code, json}).toEqual({code: 0, json: {stopped: [], removed: folders()}})
    for (const folder of folders()) expect(existsSync(folder)).toBe(false)
    expect((await runCommand(Down, ['--purge'], stack.env)).code).toBe(0)
  })
})
