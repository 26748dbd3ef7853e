import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, inject, it} from 'vitest'
import DlqEdit from '../../src/commands/dlq/edit.ts'
import DlqExport from '../../src/commands/dlq/export.ts'
import DlqList from '../../src/commands/dlq/list.ts'
import DlqPurge from '../../src/commands/dlq/purge.ts'
import DlqReplay from '../../src/commands/dlq/replay.ts'
import DlqShow from '../../src/commands/dlq/show.ts'
import {newFolder} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {type LetterSeed, seedLetters} from '../support/letters.ts'
import {runCommand} from '../support/run-command.ts'

const context = useServers()

const wrong = (value: string): LetterSeed => ({
  payload: `{"amount":"${value}"}`,
  reason: 'invalid',
  code: '22P02',
  message: `invalid input syntax for type numeric: "${value}"`,
})
const broken = (n: number): LetterSeed => ({
  payload: `{"n":${n}`,
  reason: 'malformed',
  code: 'JSON',
  message: 'cut',
})

/** Runs a command on a queue. */
const run = (command: Parameters<typeof runCommand>[0], queue: string, ...args: string[]) =>
  runCommand(command, ['-q', queue, ...args], {REDIS_URL: inject('redisUrl')})

interface Listed {
  groups: Array<{id: string}>
  items: Array<{id: string}>
}

/** Three letters of one group, two of another, one of a third. */
async function seeded() {
  const at = context.newQueue()
  const seeds = [wrong('1,5'), broken(1), wrong('2,5'), {payload: '{"p":1}'}, wrong('3,5'), broken(2)]
  await seedLetters(
    context,
    at,
    seeds.map((seed, i) => ({...seed, failedAt: 1_700_000_000_000 + i, id: `l:${i}`})),
  )
  const {groups} = (await run(DlqList, at.queue, '--json')).json as Listed
  return {...at, ids: groups.map(({id}) => id), dead: () => context.redis.zrange(at.keys.dead, '0', '-1')}
}

it('acts on exactly one line of the table in every command', async () => {
  const {queue, ids, keys, dead} = await seeded()
  const on = async (command: Parameters<typeof run>[0], ...more: string[]) =>
    (await run(command, queue, '--json', '--group', ids[0], ...more)).json
  expect(((await on(DlqList)) as Listed).items.map(({id}) => id)).toEqual(['l:4', 'l:2', 'l:0'])
  expect(await on(DlqShow)).toMatchObject({id: 'l:4', payload: '{"amount":"3,5"}'})
  const file = join(newFolder(), 'letters.ndjson')
  await on(DlqExport, '--output', file)
  expect(readFileSync(file, 'utf8')).toBe('{"amount":"1,5"}\n{"amount":"2,5"}\n{"amount":"3,5"}\n')
  expect(await on(DlqEdit, '--set', 'mended=true', '--yes')).toMatchObject({matched: 3, edited: 3})
  // An edit changes the payload, and not why the letter failed
  expect(await on(DlqReplay)).toMatchObject({matched: 3, remaining: 3})
  expect(await context.redis.zcard(keys.ready)).toBe(3)
  const {json} = await run(DlqPurge, queue, '--json', '--group', ids[1].toUpperCase(), '--yes')
  expect(json).toMatchObject({matched: 2, purged: 2})
  expect((await dead()).join()).toContain('{\\"p\\":1}')
})

it('never acts on another line after the table has changed', async () => {
  const {queue, ids, dead} = await seeded()
  const purge = ['--group', ids[0], '--yes']
  await run(DlqPurge, queue, ...purge)
  const left = await dead()
  const again = await run(DlqPurge, queue, ...purge)
  expect(again.code).toBe(2)
  expect(again.stderr).toContain(`no dead letter has the group "${ids[0]}"`)
  expect(await dead()).toEqual(left)
})

it('refuses the place of a line, and one letter as well as its group', async () => {
  const {queue, ids, dead} = await seeded()
  const before = await dead()
  const place = await run(DlqPurge, queue, '--group', '2', '--yes', '--json')
  expect(place).toMatchObject({
    code: 2,
    json: {error: {message: expect.stringContaining('six letters and digits, got "2"')}},
  })
  const shown = (...args: string[]) => run(DlqShow, queue, ...args)
  expect((await shown('l:1', '--group', ids[0])).code).toBe(2)
  expect((await shown()).code).toBe(2)
  expect((await shown('--json', '--group', '000000')).json).toMatchObject({error: {code: 'NO_LETTER'}})
  expect(await dead()).toEqual(before)
})
