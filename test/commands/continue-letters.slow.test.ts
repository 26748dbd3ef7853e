import {join} from 'node:path'
import {expect, it, onTestFinished} from 'vitest'
import {cli, cliEnv, cliJson, newFolder, type RunningCli, runningCli, until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'
import {type FaultProxy, startProxy} from '../support/proxy.ts'
import {offeredLine, runTyped} from '../support/typed.ts'

const context = useServers()

const COUNT = 6000

/** Letters of a new queue, every third of another reason. */
async function seeded() {
  const at = context.newQueue()
  const began = Date.now() - 3_600_000
  const letters = Array.from({length: COUNT}, (_, i) => ({
    payload: `{"n":${i},"a":1,"b":2}`,
    score: i,
    failedAt: began + i,
    reason: i % 3 === 0 ? ('invalid' as const) : ('foreign_key' as const),
  }))
  await seedLetters(context, at, letters)
  const count = async () => ({
    dead: await context.redis.zcard(at.keys.dead),
    ready: await context.redis.zcard(at.keys.ready),
  })
  return {...at, count}
}

/** Starts a command whose Redis answers slowly, so that it can be met halfway. */
async function slowly(args: string[]): Promise<RunningCli & {proxy: FaultProxy}> {
  const proxy = await startProxy(Number(new URL(cliEnv().REDIS_URL ?? '').port))
  onTestFinished(() => proxy.close())
  proxy.delay(30)
  const url = new URL(cliEnv().REDIS_URL ?? '')
  url.port = `${proxy.port}`
  const run = runningCli(args, cliEnv({REDIS_URL: url.href}))
  onTestFinished(() => void run.child.kill('SIGKILL'))
  return {...run, proxy}
}

/** Interrupts a command once `isHalfway`, and returns the line that it offers and what it says before. */
async function interrupted(run: RunningCli & {proxy: FaultProxy}, isHalfway: () => Promise<boolean>) {
  await until(isHalfway)
  run.child.kill('SIGINT')
  await until(() => run.stderr().includes('stopping'))
  run.proxy.delay(0)
  const {code, stderr} = await run.ended
  expect(code).toBe(130)
  return {line: offeredLine(stderr), stderr}
}

const REASON = ['--where', 'reason:foreign_key AND age<90d']

it('a purge removes the rest of what it was about, and no more', async () => {
  const {queue, count} = await seeded()
  const run = await slowly(['dlq', 'purge', '-q', queue, ...REASON, '--limit', '3000', '--yes'])
  const {line, stderr} = await interrupted(run, async () => (await count()).dead < COUNT)
  const purged = COUNT - (await count()).dead
  expect(stderr).toContain(`interrupted: ${purged.toLocaleString('en')} of 3,000 dead letters purged`)
  expect(await runTyped(line)).toBe(0)
  expect((await count()).dead).toBe(COUNT - 3000)
  const {json} = await cliJson(['dlq', 'list', '-q', queue, '--all'])
  expect(json.deadLettersByReason).toEqual({foreign_key: 1000, invalid: 2000})
})

it('an edit that twice would undo is done once to each, and one undo takes all of it back', async () => {
  const {queue, keys} = await seeded()
  const swap = ['--rename-key', 'a=c', '--rename-key', 'b=a', '--rename-key', 'c=b']
  const swapped = async () => {
    const members = await context.redis.zrange(keys.dead, '0', '-1')
    return members.filter(
      (member) => member.includes(String.raw`\"b\":1,\"a\":2`) || member.includes('"b":1,"a":2'),
    ).length
  }
  const run = await slowly(['dlq', 'edit', '-q', queue, ...REASON, ...swap, '--limit', '3500', '--yes'])
  const {line, stderr} = await interrupted(run, async () => (await swapped()) > 0)
  const edited = await swapped()
  expect(stderr).toContain(`interrupted: ${edited.toLocaleString('en')} of 3,500 dead letters changed`)
  expect(edited).toBeLessThan(3500)
  expect(await runTyped(line)).toBe(0)
  expect(await swapped()).toBe(3500)
  await cli(['undo', '--last', '-q', queue])
  expect(await swapped()).toBe(0)
})

it('a replay puts the rest back, within its limit', async () => {
  const {queue, count} = await seeded()
  const flags = ['--reason', 'invalid', '--since', '90d', '--limit', '1500', '--rate', '2k']
  const run = await slowly(['dlq', 'replay', '-q', queue, ...flags])
  const {line, stderr} = await interrupted(run, async () => (await count()).ready > 100)
  const {ready} = await count()
  expect(stderr).toContain(`interrupted: ${ready.toLocaleString('en')} dead letters replayed`)
  expect(ready).toBeLessThan(1500)
  expect(await runTyped(line)).toBe(0)
  expect(await count()).toEqual({dead: COUNT - 1500, ready: 1500})
})

it('an undo restores the rest', async () => {
  const {queue, count} = await seeded()
  await cli(['dlq', 'purge', '-q', queue, '--reason', 'invalid', '--yes'])
  expect((await count()).dead).toBe(4000)
  const run = await slowly(['undo', '--last', '-q', queue])
  const {line, stderr} = await interrupted(run, async () => (await count()).dead > 4000)
  const restored = (await count()).dead - 4000
  expect(stderr).toContain(`interrupted: ${restored.toLocaleString('en')} of 2,000 dead letters restored`)
  // Another purge is the latest by now
  await cli(['dlq', 'purge', '-q', queue, '--reason', 'foreign_key', '--limit', '10', '--yes'])
  expect(await runTyped(line)).toBe(0)
  expect((await count()).dead).toBe(COUNT - 10)
})

it('a plan that was applied in part is continued by what it planned', async () => {
  const {queue, count} = await seeded()
  const plan = join(newFolder(), 'plan.json')
  await cli(['dlq', 'purge', '-q', queue, ...REASON, '--limit', '3000', '--plan', plan])
  const run = await slowly(['apply', plan, '--yes'])
  const {line} = await interrupted(run, async () => (await count()).dead < COUNT)
  expect(line).toMatch(/^qtool dlq purge -q /)
  expect(await runTyped(line)).toBe(0)
  expect((await count()).dead).toBe(COUNT - 3000)
})
