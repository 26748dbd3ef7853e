import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {expect, it, onTestFinished} from 'vitest'
import {cliEnv, newFolder, type RunningCli, runningCli, until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {startProxy} from '../support/proxy.ts'
import {offeredLine, runTyped} from '../support/typed.ts'

const context = useServers()

/** The exit code where lines were rejected. */
const PARTIAL = 3

/** Lines of which every hundredth is no record. */
function linesOf(name: string, count: number): string[] {
  return Array.from({length: count}, (_, i) => (i % 100 === 99 ? `bad ${i}` : `{"file":"${name}","n":${i}}`))
}

const good = (lines: string[]) => lines.filter((line) => line.startsWith('{')).sort()

/** A new queue that is a list, in which nothing collapses. */
function newList() {
  const {queue, keys} = context.newQueue()
  const items = async () => (await context.redis.lrange(keys.ready, '0', '-1')).sort()
  const length = () => context.redis.llen(keys.ready)
  const args = (...more: string[]) => [
    'enqueue',
    ...more,
    '-q',
    queue,
    '--engine',
    'list',
    '--list-pops',
    'left',
  ]
  return {items, length, args}
}

async function interrupt(run: RunningCli): Promise<string> {
  onTestFinished(() => void run.child.kill('SIGKILL'))
  run.child.kill('SIGTERM')
  const {code, stderr} = await run.ended
  expect(code).toBe(130)
  return stderr
}

it('reads a packed file from where it was stopped, and sends nothing twice', async () => {
  const list = newList()
  const lines = linesOf('a', 20_000)
  const file = join(newFolder(), "it's a file.ndjson.gz")
  const rejects = join(newFolder(), 'rejects')
  writeFileSync(file, gzipSync(lines.join('\n')))
  const run = runningCli(list.args(file, '--rate', '8k', '--rejects', rejects))
  await until(async () => (await list.length()) > 2000)
  const stderr = await interrupt(run)
  const sent = await list.length()
  expect(sent).toBeLessThan(good(lines).length)
  expect(stderr).toMatch(
    new RegExp(`interrupted: ${sent.toLocaleString('en')} records enqueued, \\d+% of .* read`),
  )
  expect(await runTyped(offeredLine(stderr).replace('--rate 8k', ''))).toBe(PARTIAL)
  expect(await list.items()).toEqual(good(lines))
})

it('leaves out files that are done, and goes on in the one that is not', async () => {
  const list = newList()
  const folder = newFolder()
  const files = ['a', 'b', 'c'].map((name) => join(folder, `${name}.ndjson`))
  const lines = [linesOf('a', 1500), linesOf('b', 6000), linesOf('c', 500)]
  for (const [i, file] of files.entries()) writeFileSync(file, lines[i].join('\n'))
  const run = runningCli(list.args(...files, '--rate', '2k', '--batch', '100'))
  await until(async () => (await list.length()) > 2500)
  const line = offeredLine(await interrupt(run))
  expect(line).toContain(`qtool enqueue ${files[1]} ${files[2]} `)
  expect(await runTyped(line.replace('--rate 2k', ''))).toBe(PARTIAL)
  expect(await list.items()).toEqual(good(lines.flat()))
})

it('makes the same synthetic records again', async () => {
  const list = newList()
  const run = runningCli(list.args('--count', '8k', '--rate', '4k', '--no-register'))
  await until(async () => (await list.length()) > 500)
  const line = offeredLine(await interrupt(run))
  const before = await list.length()
  expect(await runTyped(line.replace('--rate 4k', ''))).toBe(0)
  const items = await list.items()
  expect([items.length, new Set(items).size]).toEqual([8000, 8000])
  expect(before).toBeLessThan(8000)
})

it('loses nothing if Redis was gone when it was stopped', async () => {
  const list = newList()
  const lines = linesOf('a', 30_000)
  const file = join(newFolder(), 'a.ndjson')
  writeFileSync(file, lines.join('\n'))
  const url = new URL(cliEnv().REDIS_URL ?? '')
  const proxy = await startProxy(Number(url.port))
  onTestFinished(() => proxy.close())
  url.port = `${proxy.port}`
  const run = runningCli(list.args(file, '--rate', '10k'), cliEnv({REDIS_URL: url.href}))
  await until(async () => (await list.length()) > 5000)
  proxy.blackhole('replies')
  const line = offeredLine(await interrupt(run))
  expect(await runTyped(line.replace('--rate 10k', ''))).toBe(PARTIAL)
  const items = await list.items()
  expect([...new Set(items)]).toEqual(good(lines))
  expect(items.length).toBeLessThanOrEqual(good(lines).length + 5 * 1000)
})
