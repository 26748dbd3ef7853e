import {existsSync, readFileSync} from 'node:fs'
import {expect, it} from 'vitest'
import {cliJson, runningCli, until} from '../../support/cli.ts'
import {useServers} from '../../support/context.ts'

const context = useServers()

it('bench api counts the same as its server, exhausts its pool, and leaves nothing behind', async () => {
  const {code, json, stderr} = await cliJson([
    'bench',
    'api',
    '--connections',
    '5,40',
    '--for',
    '500ms',
    '--pool',
    '6',
  ])
  expect(stderr).toBe('')
  expect(json.checks.filter(({ok}: {ok: boolean}) => !ok)).toEqual([])
  expect(code).toBe(0)
  expect(json).toMatchObject({scenario: 'api', state: 'ok', metrics: {errors: 0, lost: 0}})
  const names = json.steps.map(({name}: {name: string}) => name)
  const routes = ['health', 'admin', 'ingest']
  expect(names).toEqual(routes.flatMap((route) => [`${route}, 5 connections`, `${route}, 40 connections`]))
  // A pool of 6 leaves 4 for uploads; one more waits for a second before it is refused
  const full = json.checks.find(({name}: {name: string}) => name === 'full pool')
  expect(full.text).toMatch(
    /^beside 4 uploads the next is answered with 503 after \d{4,} ms, Retry-After: 1$/,
  )
  expect(await context.redis.keys('*qtool-bench-2*')).toEqual([])
})

it('bench api ends its server and its generator when it is interrupted', async () => {
  const {child, ended} = runningCli(['bench', 'api', '--connections', '5', '--for', '60s'])
  const children = () =>
    readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')
  await until(() => children().length === 2)
  const both = children()
  child.kill('SIGTERM')
  const {code} = await ended
  expect(code).toBe(130)
  await until(() => !both.some((pid) => existsSync(`/proc/${pid}`)))
  expect(await context.redis.keys('*qtool-bench-2*')).toEqual([])
})
