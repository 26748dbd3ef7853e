import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, inject, it} from 'vitest'
import Audit from '../../src/commands/audit.ts'
import DlqDiagnose from '../../src/commands/dlq/diagnose.ts'
import DlqEdit from '../../src/commands/dlq/edit.ts'
import DlqExport from '../../src/commands/dlq/export.ts'
import DlqList from '../../src/commands/dlq/list.ts'
import DlqPurge from '../../src/commands/dlq/purge.ts'
import DlqReplay from '../../src/commands/dlq/replay.ts'
import {newFolder} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'
import {runCommand} from '../support/run-command.ts'

const context = useServers()
const HOUR = 3_600_000

/** Six letters: n from 0 to 5, two of each source, the older ones first. */
async function seeded() {
  const at = context.newQueue()
  const payloads = Array.from({length: 6}, (_, n) => `{"n":${n},"source":"${['igc', 'gpx', 'a b'][n % 3]}"}`)
  await seedLetters(
    context,
    at,
    payloads.map((payload, n) => ({
      payload,
      id: `l:${n}`,
      failedAt: Date.now() - (6 - n) * HOUR + 60_000,
      ...(n === 5 ? {reason: 'invalid' as const, code: '22P02'} : {}),
    })),
  )
  return at
}

const run = (command: Parameters<typeof runCommand>[0], queue: string, ...args: string[]) =>
  runCommand(command, ['-q', queue, ...args], {
    REDIS_URL: inject('redisUrl'),
    DATABASE_URL: inject('databaseUrl'),
  })

const leftOf = async (key: string) =>
  (await context.redis.zrange(key, '0', '-1')).map((letter) => JSON.parse(letter).id)

const WHERE = ['--where', 'reason:foreign_key age>90m NOT (payload.source:"a b" OR n:0)']

it('is taken by every command on dead letters, alike', async () => {
  const {queue, keys} = await seeded()
  await context.pool.query(`CREATE TABLE point (n int, source text)`)
  const list = await run(DlqList, queue, ...WHERE, '--json')
  expect(list.json).toMatchObject({matched: 3, deadLetters: 6})
  const table = ['--table', `${context.schema}.point`]
  expect((await run(DlqDiagnose, queue, ...WHERE, ...table, '--json')).json).toMatchObject({
    matched: 3,
    passing: 3,
  })
  const file = join(newFolder(), 'letters.ndjson')
  await run(DlqExport, queue, ...WHERE, '--output', file)
  const exported = ['{"n":1,"source":"gpx"}', '{"n":3,"source":"igc"}', '{"n":4,"source":"gpx"}', '']
  expect(await readFile(file, 'utf8')).toBe(exported.join('\n'))
  const edit = await run(DlqEdit, queue, ...WHERE, '--set', 'n=9', '--dry-run', '--json')
  expect(edit.json).toMatchObject({matched: 3, edited: 3})
  expect((await run(DlqReplay, queue, ...WHERE, '--limit', '1', '--json')).json).toMatchObject({replayed: 1})
  expect((await run(DlqPurge, queue, ...WHERE, '--yes', '--json')).json).toMatchObject({
    matched: 2,
    purged: 2,
  })
  expect(await leftOf(keys.dead)).toEqual(['l:0', 'l:2', 'l:5'])
})

it('adds to the other flags', async () => {
  const {queue} = await seeded()
  const {json} = await run(DlqList, queue, '--where', 'n>=3', '--match', 'source=igc', '--json')
  expect(json).toMatchObject({matched: 1, items: [{id: 'l:3'}]})
})

it('reads only the letters of its times, and says so', async () => {
  const {queue} = await seeded()
  const {stdout} = await run(DlqList, queue, '--where', 'age<150m NOT source:gpx')
  expect(stdout).toContain('1 of 6 dead letters')
  expect(stdout).toMatch(/searched 2 letters, those that failed since \S+ \S+Z\n/)
  const {json} = await run(DlqList, queue, '--where', 'n:3', '--json')
  expect(json).toMatchObject({matched: 1, searched: {letters: 6, since: null, before: null}})
})

it('writes the filter into the audit as it would be typed again', async () => {
  const {queue} = await seeded()
  await run(DlqPurge, queue, '--where', 'source:"a b"', '--yes')
  const {json} = await run(Audit, queue, '--json')
  expect(json).toMatchObject({lines: [{filter: `--where 'source:"a b"'`}]})
})

describe('a mistake in it', () => {
  it('is shown in its place', async () => {
    const {queue, keys} = await seeded()
    const {code, stderr} = await run(DlqPurge, queue, '--where', 'NOT colum:x', '--yes')
    expect(code).toBe(2)
    expect(stderr).toContain(
      'qtool: filter: unknown field "colum"\n    NOT colum:x\n        ^\n  → did you mean column?\n',
    )
    expect(await context.redis.zcard(keys.dead)).toBe(6)
  })

  it('is a reason that no letter has, also where it is excluded', async () => {
    const {queue, keys} = await seeded()
    const {code, stderr} = await run(DlqPurge, queue, '--where', 'NOT reason:forein_key', '--yes')
    expect(code).toBe(2)
    expect(stderr).toContain('did you mean "foreign_key"?')
    expect(await context.redis.zcard(keys.dead)).toBe(6)
  })

  it('is told of where it names another queue', async () => {
    const {queue} = await seeded()
    const {code, stderr} = await run(DlqList, queue, '--where', 'queue:orders')
    expect(code).toBe(0)
    expect(stderr).toContain('the filter names queue orders, but only queue')
    expect((await run(DlqList, queue, '--where', `queue:${queue}`, '--json')).json).toMatchObject({
      matched: 6,
    })
  })
})
