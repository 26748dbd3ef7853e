import {rmSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {shellBlocks, type Typed, typed} from './support/shell-blocks.ts'
import {newStackHome} from './support/stack-home.ts'

let stack: Awaited<ReturnType<typeof newStackHome>>

beforeAll(async () => {
  stack = await newStackHome()
})

afterAll(async () => {
  await stack.remove()
  rmSync('billing.ndjson', {force: true})
})

/** Types all commands of a page that can be run, one after the other. */
async function typeAll(page: string): Promise<Typed[]> {
  const env = {...stack.env, HOME: stack.home, NO_COLOR: '1'}
  const all: Typed[] = []
  for (const {commands, line, notRun} of shellBlocks(page)) {
    if (notRun !== undefined) continue
    for (const command of commands) {
      const done = await typed(command, env, stack.home)
      // 3: some records were rejected or are dead letters, as the page intends
      expect([0, 3], `${page}:${line} ${command}\n${done.stderr}`).toContain(done.code)
      all.push(done)
    }
  }
  return all
}

function stdoutOf(all: Typed[], beginning: string): string {
  return all.filter(({command}) => command.startsWith(beginning)).at(-1)?.stdout ?? ''
}

describe('the commands on a page run as typed', () => {
  it('README.md', async () => {
    const all = await typeAll('README.md')
    expect(stdoutOf(all, 'qtool work --workers')).toContain('dead letters   30')
    expect(stdoutOf(all, 'qtool dlq list')).toContain('30 dead letters')
    expect(stdoutOf(all, 'qtool dlq diagnose')).toContain('0 of 30 dead letters would be written')
  }, 240_000)

  it('docs/night.md, which gets every order through', async () => {
    const all = await typeAll('docs/night.md')
    expect(all[0].stdout).toContain('1,600 of 2,001 orders written, 413 dead letters')
    const diagnoses = all.filter(({command}) => command.startsWith('qtool dlq diagnose'))
    expect(diagnoses.map(({stdout}) => stdout.split(' dead letters')[0])).toEqual([
      '175 of 413',
      '400 of 413',
    ])
    const proof = stdoutOf(all, 'qtool inspect')
    expect(proof).toMatch(/dead letters +0\n[\s\S]*written +2,000 rows, 0 already there/)
    await typed('qtool down', {...stack.env, HOME: stack.home}, stack.home)
  }, 240_000)
})

it('says of every block that is not run why it cannot be', () => {
  const left = ['README.md', 'docs/night.md'].flatMap(shellBlocks).filter(({notRun}) => notRun !== undefined)
  expect(left.map(({notRun}) => notRun)).toEqual([
    'npm test would run this session, too',
    'needs files and tables of orders',
    'needs the queue of a Celery, three sentinels, and replicas',
  ])
})
