import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {typed} from '../support/shell-blocks.ts'
import {newStackHome} from '../support/stack-home.ts'
import {assertTmux, Tmux} from './tmux.ts'

let stack: Awaited<ReturnType<typeof newStackHome>>
let env: Record<string, string>

beforeAll(async () => {
  assertTmux()
  stack = await newStackHome()
  const path = `${join(stack.home, 'bin')}:${process.env.PATH}`
  env = {...stack.env, HOME: stack.home, PATH: path, LANG: 'C.UTF-8'}
})

afterAll(async () => {
  await stack?.remove()
})

/** Keeps screens to look at, in the folder that QTOOL_NIGHT_SCREENS names. */
function keep(name: string, size: string, lines: string[]): void {
  const folder = process.env.QTOOL_NIGHT_SCREENS
  if (!folder) return
  mkdirSync(join(folder, size), {recursive: true})
  writeFileSync(join(folder, size, `${name}.txt`), `${lines.join('\n')}\n`)
}

describe.each([
  [80, 24],
  [120, 40],
])('somebody on call, at %d x %d', (columns, lines) => {
  let terminal: Tmux
  let seen = 0

  /** Keeps a screen, and returns it as one text. */
  const look = (name: string, screen: string[]) => {
    keep(`${String(++seen).padStart(2, '0')}-${name}`, `${columns}x${lines}`, screen)
    return screen.join('\n')
  }
  const run = async (name: string, command: string) => look(name, await terminal.run(command))

  beforeAll(async () => {
    const made = await typed('qtool demo night', env, stack.home)
    expect(made.code, made.stderr).toBe(0)
    terminal = new Tmux({columns, lines, env})
  })

  afterAll(() => terminal?.stop())

  it('sees what is wrong, and since when, without scrolling', async () => {
    expect(await run('qtool', 'qtool')).toMatch(/^ qtool_night +! +dead letters .* 413 /m)
    expect(await run('queues', 'qtool queues')).toMatch(/^ qtool_night +! +dead letters .* 413 /m)
    const list = await run('list', 'qtool dlq list qtool_night')
    expect(list).toMatch(/^Redis 127/m)
    expect(list).toContain('queue qtool_night: 413 dead letters')
    for (const group of [
      'pz15w3      175',
      'xqj76e      125',
      '6bdttk      100',
      'g6f1qj       12',
      'jwkkfg        1',
    ]) {
      expect(list).toContain(` ${group} `)
    }
    const alone = await run('group', 'qtool dlq list qtool_night --group pz15w3 -n 3')
    expect(alone).toContain('175 of 413 dead letters')
    // Ids are copied from the screen
    expect(alone.match(/^ \S+ \S+Z {2}\w+-[0-9a-f-]{36}~\d+:\d+$/gm)).toHaveLength(3)
    const by = await run('by', 'qtool dlq list qtool_night --group pz15w3 --by customer')
    expect(by).toMatch(/^ +\d+ +\d+ +[\d.]+% {2}41$/m)
  })

  it('asks Postgres what would pass', async () => {
    const screen = await run('diagnose', 'qtool dlq diagnose qtool_night')
    expect(screen).toContain('0 of 413 dead letters would be written')
    expect(screen).toContain('25 letters have more than one obstacle')
  })

  it('looks at an edit before it is made, and takes it back', async () => {
    const edit = 'qtool dlq edit -q qtool_night --column amount --convert amount:comma-decimal'
    await terminal.type(edit)
    const asked = look('edit-asked', await terminal.sees('[y/N]'))
    expect(asked).toMatch(/^ {2}before {2}.*"amount":"[\d.]+,\d\d"/m)
    expect(asked).toMatch(/^ {2}after {3}.*"amount":\d+\.\d\d[,}]/m)
    terminal.press('y', 'Enter')
    const done = look('edit-done', await terminal.ended())
    const [, undo] = /"(qtool undo \w+ -q qtool_night)"/.exec(done) ?? []
    expect(await run('undo', undo)).toContain('125 edited dead letters restored')
    expect(await run('edit', `${edit} --yes`)).toContain('125 of 125 dead letters changed')
    await run(
      'edit-times',
      'qtool dlq edit -q qtool_night --column placed_at --convert placed_at:epoch-ms --yes',
    )
  })

  it('puts back what passes, a canary first', async () => {
    await run('customers', 'qtool work qtool_night_customers --table qtool_night.customers --until-empty')
    expect(await run('diagnose-again', 'qtool dlq diagnose qtool_night')).toContain('400 of 413')
    await terminal.run('qtool work qtool_night &>/dev/null & sleep 0.1')
    const replay = await run('replay', 'qtool dlq replay qtool_night --only-passing --canary 20')
    expect(replay).toMatch(/^ replayed +400 in /m)
    expect(replay).toMatch(/^ canary +0 of 20 failed again$/m)
    await terminal.type('qtool top')
    look('top', await terminal.sees('qtool_night'))
    terminal.press('Enter')
    look('top-queue', await terminal.sees('dead letters'))
    terminal.press('q')
    await terminal.ended()
    await terminal.run('kill %1; wait')
  })

  it('sees by whom and what is left', async () => {
    expect(await run('list-again', 'qtool dlq list qtool_night')).toContain(
      'queue qtool_night: 13 dead letters',
    )
    expect(await run('audit', 'qtool audit qtool_night')).toMatch(
      / dlq replay +done +400\s+--only-passing --canary 20$/m,
    )
  })
})
