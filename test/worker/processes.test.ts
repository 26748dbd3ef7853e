import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, inject, it, onTestFinished} from 'vitest'
import {writtenBy} from '../../src/record/outcomes.ts'
import type {QueueKeys} from '../../src/redis/keys.ts'
import {isAlive} from '../../src/stack/process-table.ts'
import {runProcesses} from '../../src/worker/processes.ts'
import {emptyTally} from '../../src/worker/tally.ts'
import {cliEnv, type RunningCli, runningCli, until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()
const folder = mkdtempSync(join(tmpdir(), 'qtool-processes-'))
beforeAll(() => context.pool.query('CREATE TABLE spread (a int)'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

/** Process ids of the workers, from their own reports. */
async function workerPids(keys: QueueKeys): Promise<number[]> {
  return (await context.redis.hkeys(keys.workers)).map((name) => Number(name.split(':')[1]))
}

/** Starts two worker processes that wait for items; they are killed at the end, even if their parent is gone. */
async function startTwo(): Promise<{keys: QueueKeys; parent: RunningCli; pids: number[]}> {
  const {queue, keys} = context.newQueue()
  const table = `${context.schema}.spread`
  const parent = runningCli(['work', '-q', queue, '--table', table, '--processes', '2', '--json'])
  await until(async () => (await workerPids(keys)).length === 2)
  const pids = await workerPids(keys)
  onTestFinished(() => {
    parent.child.kill('SIGKILL')
    for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL')
  })
  return {keys, parent, pids}
}

describe('the processes of one qtool work', () => {
  it('stop with the one that started them, also where that was killed', async () => {
    const {keys, parent, pids} = await startTwo()
    parent.child.kill('SIGKILL')
    await until(() => !pids.some(isAlive))
    expect(await context.redis.exists(keys.workers)).toBe(0)
  })

  it.each(['SIGINT', 'SIGHUP'] as const)('finish at %s, of which one line is said', async (signal) => {
    const {parent} = await startTwo()
    parent.child.kill(signal)
    const {code, stdout, stderr} = await parent.ended
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({leases: 0})
    expect(stderr.match(/finishing current leases/g)).toHaveLength(1)
  })

  it('stop when one of them is killed, and the error says which', async () => {
    const {keys, parent, pids} = await startTwo()
    const [first, second] = pids
    process.kill(first, 'SIGKILL')
    const {code, stdout} = await parent.ended
    expect(code).toBe(1)
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'WORKER_DIED',
      message: `worker process ${first} ended without a result (SIGKILL); the others were stopped`,
    })
    expect(isAlive(second)).toBe(false)
    expect(await workerPids(keys)).toEqual([first])
  })

  it('end as interrupted where they were stopped before they could begin', async () => {
    const script = fileOf('deaf.js', 'setInterval(() => {}, 1000)')
    const stop = new AbortController()
    const ended = runProcesses(script, workers(2), stop.signal)
    stop.abort()
    await expect(ended).rejects.toMatchObject({code: 'INTERRUPTED', kind: 'interrupted'})
  })

  it('fail as the first of them did, with its exit code', async () => {
    const script = fileOf(
      'refused.js',
      `console.log('{"error":{"code":"NO","message":"no","suggestions":["s"]}}'); process.exitCode = 4`,
    )
    const ended = runProcesses(script, workers(2), new AbortController().signal)
    await expect(ended).rejects.toMatchObject({code: 'NO', kind: 'connect', suggestions: ['s']})
  })

  it('show no URL in their command lines, to which a password may belong', async () => {
    const {queue, keys} = context.newQueue()
    const urls = ['--redis-url', inject('redisUrl'), '--database-url', inject('databaseUrl')]
    const args = ['work', '-q', queue, '--table', `${context.schema}.spread`, '--processes', '2', ...urls]
    const parent = runningCli(args, {...cliEnv(), REDIS_URL: 'redis://127.0.0.1:1', DATABASE_URL: undefined})
    onTestFinished(() => void parent.child.kill('SIGKILL'))
    await until(async () => (await workerPids(keys)).length === 2)
    for (const pid of await workerPids(keys)) {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      expect(words).toContain('work')
      expect(words.join(' ')).not.toContain('://')
    }
    parent.child.kill('SIGTERM')
    expect((await parent.ended).code).toBe(130)
  })

  it('have the flags that were typed, and their share of the workers', async () => {
    const {queue, keys} = context.newQueue()
    const typed = ['--table', `${context.schema}.spread`, '--lease', '1.5h', '--strict', '--rename', 'b=a']
    const parent = runningCli(['work', `-q=${queue}`, ...typed, '-w', '5', '--processes', '2', '--json'])
    onTestFinished(() => void parent.child.kill('SIGKILL'))
    await until(async () => (await workerPids(keys)).length === 2)
    const lines = (await workerPids(keys)).map((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'),
    )
    const own = (workers: string) => ['--workers', workers, '--processes', '1', '--json', '']
    const said = ['work', '--queue', queue, ...typed]
    expect(lines.map((words) => words.slice(2)).sort()).toEqual([
      [...said, ...own('2')],
      [...said, ...own('3')],
    ])
    parent.child.kill('SIGTERM')
    expect((await parent.ended).code).toBe(130)
  })

  it('add up whatever they count', async () => {
    const of = (n: number, name: string, value: unknown) => {
      if (name === 'tables') return {'public.t': {...writtenBy(() => n), deadLettered: n}}
      return typeof value === 'number' ? n : typeof value === 'boolean' ? true : {malformed: n}
    }
    const ones = Object.entries(emptyTally()).map(([name, value]) => [name, of(1, name, value)])
    const script = fileOf('one.js', `console.log('${JSON.stringify(Object.fromEntries(ones))}')`)
    const sum = await runProcesses(script, workers(3), new AbortController().signal)
    for (const [name, value] of Object.entries(emptyTally())) {
      expect(sum).toHaveProperty(name, of(3, name, value))
    }
  })
})

const workers = (count: number) => Array.from({length: count}, () => ({args: [], env: {}}))

function fileOf(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
