import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {cli, cliEnv, until} from '../support/cli.ts'
import {newStackHome, type StackHome} from '../support/stack-home.ts'

let stack: StackHome
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  stack = await newStackHome()
  env = cliEnv({...stack.env, REDIS_URL: undefined, DATABASE_URL: undefined})
  await cli(['up'], {env})
})
afterAll(() => stack.remove())

it('still finds Redis after Postgres of the local stack has died, and says which of them is away', async () => {
  const pid = Number(readFileSync(join(stack.home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
  process.kill(pid, 'SIGKILL')
  await until(async () => {
    const {stdout} = await cli(['status', '--json'], {env})
    return JSON.parse(stdout).postgres.pid === null
  })
  expect(await cli(['queues'], {env})).toMatchObject({code: 0})
  const {code, stdout} = await cli(['doctor'], {env})
  expect([code, stdout]).toEqual([2, expect.stringMatching(/postgres\.reachable\s+cannot reach Postgres at/)])
})
