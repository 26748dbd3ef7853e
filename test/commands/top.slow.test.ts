import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {build} from 'rolldown'
import {afterEach, describe, expect, it} from 'vitest'
import {deadLetterText} from '../../src/queue/letters/dead-letter.ts'
import {cliJson, newFolder, until} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'
import {LEFT, OPENED, type ShellOptions, shellAtTerminal} from '../support/shell.ts'

const context = useServers()
const SCREEN = fileURLToPath(new URL('../../src/cli/top/screen.ts', import.meta.url))

type Shell = Awaited<ReturnType<typeof shellAtTerminal>>
const shells: Shell[] = []
afterEach(async () => {
  for (const shell of shells.splice(0)) await shell.close()
})

async function openShell(options?: ShellOptions): Promise<Shell> {
  const shell = await shellAtTerminal(options)
  shells.push(shell)
  return shell
}

/** Opens `qtool top` with the queues of this test alone, and waits for its first reading. */
async function openTop(options: ShellOptions & {queue: string; args?: string}): Promise<Shell> {
  const shell = await openShell(options)
  shell.qtool(`top --match '${options.queue}*' ${options.args ?? ''}`)
  await until(() => shell.frame().includes(options.queue.slice(0, 12)))
  return shell
}

/** Two queues, the second of which has letters. */
async function someQueues() {
  const {queue, keys, engine} = context.newQueue()
  await push(context, keys, ['{"a":1}', '{"a":2}'])
  for (let i = 0; i < 3; i++) {
    const head = {id: `l:${i}`, queue, failedAt: 1.7e12 + i, attempts: 1, score: i}
    const cause = {reason: 'invalid', code: '22P02', message: 'm'} as const
    await context.redis.zadd(keys.dead, 1.7e12 + i, deadLetterText(head, cause, Buffer.from(`{"b":${i}}`)))
  }
  await context.redis.hset(keys.stats, {'dead:invalid': 3})
  return {queue, keys, engine}
}

/** The end of `qtool top`, after which the shell says with which code. */
async function codeOf(shell: Shell): Promise<number> {
  await until(() => shell.output().includes(LEFT) && shell.job() === 0)
  shell.type('echo "code=$?"\r')
  await until(() => /code=\d+/.test(shell.output()))
  return Number(/code=(\d+)/.exec(shell.output())?.[1])
}

describe.runIf(process.platform === 'linux')('at a terminal', () => {
  it('shows the queues, opens one, and gives the terminal back', async () => {
    const {queue} = await someQueues()
    const shell = await openTop({queue})
    const before = await shell.settings()
    expect(before).toContain('-icanon')
    expect(shell.lines()).toHaveLength(24)
    await until(() => /!! no workers +2 /.test(shell.frame()))
    shell.type('\r')
    await until(() => shell.frame().includes(`> ${queue}`) && /> invalid +3/.test(shell.frame()))
    shell.type('\x1b')
    await until(() => shell.frame().includes('1 queue by state'))
    shell.type('?')
    await until(() => shell.frame().includes('quit'))
    shell.type('?q')
    expect(await codeOf(shell)).toBe(0)
    expect(await shell.settings()).toMatch(/ icanon/)
    expect(shell.output().split(OPENED)).toHaveLength(2)
    expect(shell.output()).toContain('\x1b[?25h')
  })

  it('draws for the size that the terminal gets', async () => {
    const {queue} = await someQueues()
    const shell = await openTop({queue, columns: 200, rows: 50})
    expect(shell.lines()).toHaveLength(50)
    expect(shell.lines().map((line) => line.length)).toEqual(Array(50).fill(199))
    await shell.resize({columns: 60, rows: 15})
    await until(() => shell.lines().length === 15)
    expect(new Set(shell.lines().map((line) => line.length))).toEqual(new Set([59]))
    shell.type('\r')
    await until(() => shell.frame().includes('> invalid'))
    shell.type('q')
    expect(await codeOf(shell)).toBe(0)
  })

  it('pauses and resumes a queue after a question, with an entry in the audit', async () => {
    const {queue, engine} = await someQueues()
    const shell = await openTop({queue, columns: 120})
    shell.type('P')
    await until(() => shell.lines().at(-1)?.includes(`Pause ${queue}?`) ?? false)
    shell.type('n')
    await until(() => shell.frame().includes('nothing was changed'))
    expect((await engine.pauseState()).paused).toBe(false)
    shell.type('P')
    shell.type('y')
    await until(() => shell.frame().includes('is paused until'))
    expect((await engine.pauseState()).paused).toBe(true)
    shell.type('R')
    shell.type('y')
    await until(() => shell.frame().includes('resumed'))
    expect((await engine.pauseState()).paused).toBe(false)
    shell.type('q')
    await codeOf(shell)
    const {json} = await cliJson(['audit', '-q', queue])
    expect(json.lines.map(({action}: {action: string}) => action).sort()).toEqual(['pause', 'resume'])
  })

  it('replays the chosen reason, whose canary ends with the session', async () => {
    const {queue, keys} = await someQueues()
    const shell = await openTop({queue, columns: 120, args: `-q ${queue}`})
    await until(() => shell.frame().includes('> invalid'))
    shell.type('X')
    await until(() => shell.frame().includes('Replay all 3 dead letters of invalid'))
    shell.type('y')
    await until(async () => (await context.redis.zcard(keys.ready)) === 5)
    shell.type('q')
    expect(await codeOf(shell)).toBe(0)
    expect(await context.redis.zcard(keys.dead)).toBe(0)
  })

  it('changes nothing under a read-only profile, and says so', async () => {
    const {queue, engine} = await someQueues()
    const shell = await openShell({columns: 120})
    shell.qtool(`profiles add prod --redis-url "$REDIS_URL" --read-only`)
    await until(() => shell.output().includes('prod') && shell.job() === 0)
    shell.qtool(`top --profile prod -q ${queue}`)
    await until(() => shell.frame().includes('> invalid'))
    shell.type('Py')
    await until(() => /read-only/.test(shell.lines().at(-1) ?? ''))
    expect((await engine.pauseState()).paused).toBe(false)
  })

  it('holds the display and goes on', async () => {
    const {queue, keys} = await someQueues()
    const shell = await openTop({queue})
    shell.type(' ')
    await until(() => shell.frame().includes('HELD'))
    await push(context, keys, ['{"c":1}'])
    const frames = shell.output().split('\x1b[?2026h').length
    await until(() => shell.output().split('\x1b[?2026h').length > frames + 3)
    expect(shell.frame()).toMatch(/no workers +2 /)
    shell.type(' ')
    await until(() => /no workers +3 /.test(shell.frame()))
  })

  it('is suspended by Ctrl-Z, and comes back by fg', async () => {
    const {queue} = await someQueues()
    const shell = await openTop({queue})
    shell.type('\x1a')
    await until(() => shell.output().includes('Stopped'))
    expect(shell.output().lastIndexOf(LEFT)).toBeGreaterThan(shell.output().lastIndexOf(OPENED))
    expect(await shell.settings()).toMatch(/ icanon/)
    shell.type('fg\r')
    await until(() => shell.output().lastIndexOf(OPENED) > shell.output().lastIndexOf(LEFT))
    await until(async () => (await shell.settings()).includes('-icanon'))
    shell.type('q')
    await until(() => shell.job() === 0)
    expect(await shell.settings()).toMatch(/ icanon/)
  })

  it.each([
    ['Ctrl-C', (shell: Shell) => shell.type('\x03')],
    ['SIGTERM', (shell: Shell) => process.kill(shell.job(), 'SIGTERM')],
    ['SIGINT', (shell: Shell) => process.kill(shell.job(), 'SIGINT')],
  ])('gives the terminal back on %s, and exits with 130', async (_, stop) => {
    const {queue} = await someQueues()
    const shell = await openTop({queue})
    stop(shell)
    expect(await codeOf(shell)).toBe(130)
    expect(await shell.settings()).toMatch(/ icanon/)
    expect(shell.output().lastIndexOf('\x1b[?25h')).toBeGreaterThan(shell.output().lastIndexOf('\x1b[?25l'))
  })

  it('gives the terminal back when it crashes, before it says why', async () => {
    const shell = await openShell()
    const folder = newFolder()
    await build({
      input: SCREEN,
      output: {file: join(folder, 'screen.mjs')},
      platform: 'node',
      logLevel: 'silent',
    })
    const program = join(folder, 'crash.mjs')
    writeFileSync(
      program,
      `import {Screen} from './screen.mjs'
      new Screen(process.stdin, process.stdout, {onInput() {}, onChange() {}, onEnd() {}}).open()
      setTimeout(() => { throw new Error('crash of the test') }, 50)`,
    )
    shell.type(`'${process.execPath}' '${program}'\r`)
    await until(() => shell.output().includes('Error: crash of the test'))
    const left = shell.output().lastIndexOf(LEFT)
    expect(left).toBeGreaterThan(0)
    expect(shell.output().lastIndexOf('Error: crash of the test')).toBeGreaterThan(left)
    await until(async () => (await shell.settings()).includes(' icanon'))
  })

  it('has no colours with NO_COLOR, and refuses a terminal that cannot place text', async () => {
    const {queue} = await someQueues()
    const shell = await openShell()
    shell.type('export NO_COLOR=1\r')
    shell.qtool(`top --match '${queue}*'`)
    await until(() => shell.frame().includes('no workers'))
    expect(shell.output()).not.toMatch(/\x1b\[\d+(;\d+)*m[^$]*no workers/)
    shell.type('q')
    await codeOf(shell)
    shell.type('export TERM=dumb\r')
    shell.qtool('top')
    await until(() => shell.output().includes('TERM=dumb)'))
  })
})
