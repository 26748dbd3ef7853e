import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {cli, cliEnv, cliJson} from '../support/cli.ts'
import {deadLetters, useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const context = useServers()
const folder = mkdtempSync(join(tmpdir(), 'qtool-dlq-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

beforeAll(async () => {
  await context.pool.query('CREATE TABLE tenant (id int PRIMARY KEY)')
  await context.pool.query('CREATE TABLE item (n int PRIMARY KEY, tenant int REFERENCES tenant)')
  await context.pool.query('INSERT INTO tenant VALUES (1)')
})

async function seeded() {
  const at = context.newQueue()
  await seedLetters(context, at, [
    {payload: '{"n":1,"tenant":1}', id: 'a:0', score: 5},
    {payload: '{"n":2, "tenant":77}', id: 'a:1', score: 6},
    {payload: '{"n":3,', id: 'a:2', reason: 'malformed', code: 'JSON', message: '=cmd()'},
  ])
  return at
}

describe('qtool dlq list', () => {
  it('groups, filters and shows', async () => {
    const {queue} = await seeded()
    const {stdout} = await cli(['dlq', 'list', '-q', queue])
    expect(stdout).toContain('3 dead letters')
    expect(stdout).toMatch(/^ \w{6} +2 +2 +66\.7% .*\n {3}foreign_key 23503\b/m)
    const {json} = await cliJson(['dlq', 'list', '-q', queue, '--match', 'tenant=77'])
    expect(json).toMatchObject({deadLetters: 3, matched: 1, items: [{id: 'a:1'}]})
  })

  it.each([
    ['--since', 'yesterday'],
    ['--match', 'tenant'],
  ])('refuses %s %s', async (flag, value) => {
    const {queue} = await seeded()
    const {code, stderr} = await cli(['dlq', 'list', '-q', queue, flag, value])
    expect(code).toBe(2)
    expect(stderr).toContain(flag)
  })
})

describe('qtool dlq diagnose and replay', () => {
  it('says what would pass, and replays only that', async () => {
    const {queue, keys} = await seeded()
    const table = ['--table', `${context.schema}.item`]
    const {code, stdout} = await cli(['dlq', 'diagnose', '-q', queue, ...table])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^1 of 3 dead letters would be written to \S+ now; 2 would fail again/)
    expect(stdout).toContain('missing: tenant 77')
    const replay = await cliJson(['dlq', 'replay', '-q', queue, ...table, '--only-passing'])
    expect(replay).toMatchObject({code: 0, json: {matched: 3, replayed: 1, failing: 2, remaining: 2}})
    expect(await context.redis.zrange(keys.ready, '0', '-1', 'WITHSCORES')).toEqual([
      '{"n":1,"tenant":1}',
      '5',
    ])
    expect((await cliJson(['audit', '-q', queue])).json.lines).toMatchObject([
      {action: 'dlq replay', count: 1},
    ])
  })
})

describe('qtool dlq edit', () => {
  it('puts a value into every payload that is meant, and leaves all other bytes', async () => {
    const {queue, keys} = await seeded()
    const line = [
      'dlq',
      'edit',
      '-q',
      queue,
      '--match',
      'tenant=77',
      '--set',
      'tenant=1',
      '--set',
      'note=late',
    ]
    expect(await cli(line)).toMatchObject({code: 6})
    expect(await cliJson([...line, '--yes'])).toMatchObject({json: {matched: 1, edited: 1, skipped: 0}})
    const letter = (await deadLetters(context, keys)).find(({id}) => id === 'a:1')
    expect(letter).toMatchObject({payload: '{"n":2, "tenant":1,"note":"late"}', score: 6})
  })

  it('opens one payload in the editor', async () => {
    const {queue, keys} = await seeded()
    const editor = join(folder, 'editor.sh')
    writeFileSync(editor, '#!/bin/sh\nprintf \'{"n":3}\\n\' > "$1"\n', {mode: 0o755})
    const env = cliEnv({EDITOR: editor})
    expect(await cliJson(['dlq', 'edit', 'a:2', '-q', queue], {env})).toMatchObject({
      code: 0,
      json: {edited: 1},
    })
    expect((await deadLetters(context, keys)).map(({payload}) => payload)).toContain('{"n":3}')
  })

  it('changes nothing where the result is no item', async () => {
    const {queue, keys} = await seeded()
    const before = await deadLetters(context, keys)
    const env = cliEnv({EDITOR: 'printf "[" >', TMPDIR: folder})
    const {code, stderr} = await cli(['dlq', 'edit', 'a:0', '-q', queue], {env})
    expect(code).toBe(2)
    expect(stderr).toContain('nothing was changed')
    const [, kept] = /what you typed is in (\S+)/.exec(stderr) ?? []
    expect(readFileSync(kept, 'utf8')).toBe('[')
    expect(await deadLetters(context, keys)).toEqual(before)
  })

  it('changes the records of an envelope of the service', async () => {
    const {queue, keys} = context.newQueue()
    const envelope = '{"points":[{"n":1.0,"t":{"id":2}}, {"n":2,"t":{}}],"reason":"r","count":2}'
    await context.redis.zadd(keys.dead, 5, envelope)
    await cli(['dlq', 'edit', '-q', queue, '--set', 't.id=9', '--yes'])
    expect(await context.redis.zrange(keys.dead, '0', '-1', 'WITHSCORES')).toEqual([
      '{"points":[{"n":1.0,"t":{"id":9}}, {"n":2,"t":{"id":9}}],"reason":"r","count":2}',
      '5',
    ])
  })
})

describe('qtool dlq export', () => {
  it('writes what enqueue takes', async () => {
    const {queue} = await seeded()
    const {stdout} = await cli(['dlq', 'export', '-q', queue, '--reason', 'foreign_key'])
    expect(stdout).toBe('{"n":1,"tenant":1}\n{"n":2, "tenant":77}\n')
    const again = context.newQueue()
    const back = await cliJson(['enqueue', '-q', again.queue, '-'], {input: stdout})
    expect(back.json).toMatchObject({enqueued: 2, rejected: 0})
  })

  it('writes csv that no spreadsheet runs, to a new file only', async () => {
    const {queue} = await seeded()
    const path = join(folder, 'letters.csv')
    const line = ['dlq', 'export', '-q', queue, '--format', 'csv', '-o', path]
    expect(await cliJson(line)).toMatchObject({code: 0, json: {exported: 3}})
    const text = readFileSync(path, 'utf8')
    expect(text).toContain(",'=cmd(),")
    expect(text).toContain('"{""n"":1,""tenant"":1}"')
    expect(await cli(line)).toMatchObject({code: 2})
    expect(readFileSync(path, 'utf8')).toBe(text)
  })
})
