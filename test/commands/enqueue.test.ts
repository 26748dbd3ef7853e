import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {gzipSync} from 'node:zlib'
import {describe, expect, inject, it} from 'vitest'
import {cli, cliEnv, cliJson, newFolder} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {CORPUS} from '../support/corpus.ts'

const context = useServers()
const tracks = fileURLToPath(new URL('../../examples/tracks/', import.meta.url))
const folder = newFolder()

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('qtool enqueue', () => {
  it('accounts for every line of every file, in order, and says which were refused', async () => {
    const {queue, keys} = context.newQueue()
    const files = [
      file('a.ndjson', '\ufeff{"a":1}\r\n\n{"a":2}\nnot json\n{"a":1}\n{"a":3}'),
      file('b.json', '[{"b":1}, {"b":"]"},\n 5]'),
      file('c.csv', 'x;y\n1;"two; three"\n007;\nonly one\n'),
      file('d.gz', gzipSync('{"d":1}\n')),
    ]
    const rejects = join(folder, 'rejects.ndjson')
    const {code, json, stderr} = await cliJson(['enqueue', ...files, '-q', queue, '--rejects', rejects])
    expect(code).toBe(3)
    expect(json).toMatchObject({queue, read: 12, enqueued: 8, duplicates: 1, rejected: 3, items: 8})
    expect(await context.redis.zrange(keys.ready, '0', '-1')).toEqual([
      '{"a":1}',
      '{"a":2}',
      '{"a":3}',
      '{"b":1}',
      '{"b":"]"}',
      '{"x":1,"y":"two; three"}',
      '{"x":"007"}',
      '{"d":1}',
    ])
    expect(stderr).toContain('a.ndjson:4: JSON')
    const lines = readFileSync(rejects, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map((line) => [line.line, line.code, line.text])).toEqual([
      [4, 'JSON', 'not json'],
      [3, 'SHAPE', '5'],
      [4, 'FORMAT', 'only one'],
    ])
  })

  it('refuses every hostile line that can never be stored, and passes the others', async () => {
    const {queue, keys} = context.newQueue()
    const input = Buffer.concat(CORPUS.flatMap((entry) => [entry.line, Buffer.from('\n')]))
    const {code, json} = await cliJson(['enqueue', '-q', queue], {input})
    const refused = CORPUS.filter((entry) => entry.verdict === 'refused')
    expect(code).toBe(3)
    expect(json).toMatchObject({
      read: CORPUS.length,
      rejected: refused.length,
      enqueued: CORPUS.length - refused.length,
    })
    const wanted = CORPUS.filter((entry) => entry.verdict !== 'refused').map((entry) =>
      entry.line.toString('latin1'),
    )
    const members = await context.redis.zrangeBuffer(keys.ready, '0', '-1')
    expect(members.map((member) => member.toString('latin1'))).toEqual(wanted)
  })

  it('registers the flight of a track, so that its points find it', async () => {
    const {queue} = context.newQueue()
    const {json} = await cliJson(['enqueue', join(tracks, 'xctrack-2022-no-baro.igc.gz'), '-q', queue])
    expect(json).toMatchObject({read: 294, enqueued: 294, rejected: 0})
    const work = await cliJson(['work', '-q', queue, '--until-empty'])
    expect(work).toMatchObject({code: 0, json: {inserted: 294, deadLettered: 0}})
    const again = await cliJson(['enqueue', join(tracks, 'xctrack-2022-no-baro.igc.gz'), '-q', queue])
    expect(again.json.enqueued).toBe(294)
    expect((await cliJson(['work', '-q', queue, '--until-empty'])).json).toMatchObject({
      inserted: 0,
      alreadyThere: 294,
    })
  })

  it('groups records into envelopes and still counts records', async () => {
    const {queue, keys} = context.newQueue()
    const input = Array.from({length: 25}, (_, i) => `{"a":${i}}`).join('\n')
    const {json} = await cliJson(['enqueue', '-q', queue, '--group', '10'], {input})
    expect(json).toMatchObject({read: 25, enqueued: 25, items: 3})
    const members = await context.redis.zrange(keys.ready, '0', '-1')
    expect(members.map((member) => JSON.parse(member).points.length)).toEqual([10, 10, 5])
  })

  it.each(['points', 'data.points', 'a"b.c\\d.\u00e9'])(
    'writes envelopes at the path %s, where work finds their records',
    async (path) => {
      const {queue, keys} = context.newQueue()
      await context.pool.query(`CREATE TABLE IF NOT EXISTS ${context.schema}.grouped (queue text, n int)`)
      const input = Array.from({length: 25}, (_, i) => `{"queue":"${queue}","n":${i}}`).join('\n')
      const {json} = await cliJson(['enqueue', '-q', queue, '--group', '10', '--records', path], {input})
      expect(json).toMatchObject({read: 25, enqueued: 25, items: 3})
      const [first] = await context.redis.zrange(keys.ready, '0', '0')
      const inner = path.split('.').reduce((value, key) => value[key], JSON.parse(first))
      expect(inner).toHaveLength(10)
      const table = `${context.schema}.grouped`
      const work = await cliJson(['work', '-q', queue, '--table', table, '--records', path, '--until-empty'])
      expect(work.json).toMatchObject({inserted: 25})
      const {rows} = await context.pool.query('SELECT n FROM grouped WHERE queue = $1 ORDER BY n', [queue])
      expect(rows.map(({n}) => n)).toEqual(Array.from({length: 25}, (_, i) => i))
    },
  )

  it('keeps repeats when they are real', async () => {
    const {queue, keys} = context.newQueue()
    const {json} = await cliJson(['enqueue', '-q', queue, '--keep-duplicates'], {input: '{"a":1}\n{"a":1}\n'})
    expect(json).toMatchObject({read: 2, enqueued: 2, duplicates: 0})
    expect((await context.redis.zrange(keys.ready, '0', '-1')).map((member) => member.trim())).toEqual([
      '{"a":1}',
      '{"a":1}',
    ])
  })

  it('makes the same synthetic records for the same seed, with their share of bad ones', async () => {
    const {queue} = context.newQueue()
    const args = ['enqueue', '--count', '2k', '--seed', '5', '--invalid', '10%', '-q', queue]
    expect((await cliJson(args)).json).toMatchObject({read: 2000, enqueued: 2000, seed: 5})
    expect((await cliJson(args)).json).toMatchObject({enqueued: 0, duplicates: 2000})
    const work = await cliJson(['work', '-q', queue, '--until-empty'])
    expect(work.json).toMatchObject({inserted: 1800, deadLettered: 200})
    expect(Object.keys(work.json.deadLettersByReason).sort()).toEqual([
      'constraint',
      'foreign_key',
      'invalid',
    ])
  })

  it('waits while the queue is as deep as --max-depth', async () => {
    const {queue, keys} = context.newQueue()
    const input = Array.from({length: 30}, (_, i) => `{"a":${i}}`).join('\n')
    const running = cliJson(['enqueue', '-q', queue, '--max-depth', '10'], {input})
    let deepest = 0
    let taken = 0
    while (taken < 30) {
      deepest = Math.max(deepest, await context.redis.zcard(keys.ready))
      taken += (await context.redis.zpopmin(keys.ready, 5)).length / 2
    }
    expect(deepest).toBeLessThanOrEqual(20)
    expect((await running).json.enqueued).toBe(30)
  })

  it('holds back to --rate', async () => {
    const {queue} = context.newQueue()
    const input = Array.from({length: 100}, (_, i) => `{"a":${i}}`).join('\n')
    const {json} = await cliJson(['enqueue', '-q', queue, '--rate', '200'], {input})
    expect(json.seconds).toBeGreaterThan(0.4)
  })

  it('says what is wrong with a file before it begins', async () => {
    const {queue, keys} = context.newQueue()
    const good = file('good.ndjson', '{"a":1}\n')
    const {code, stderr} = await cli(['enqueue', good, join(folder, 'missing'), '-q', queue])
    expect(code).toBe(2)
    expect(stderr).toContain('missing')
    expect(await context.redis.exists(keys.ready)).toBe(0)
  })

  it('reads the files behind one that cannot be read, and names that in the end', async () => {
    const {queue} = context.newQueue()
    const cut = file('behind-cut.gz', gzipSync('{"a":1}\n'.repeat(9)).subarray(0, -9))
    const page = file('page.igc', '<!DOCTYPE html>\n<p>404 not found</p>\n')
    const args = ['enqueue', cut, page, file('last.ndjson', '{"a":2}\n'), '-q', queue]
    const {code, json, stderr} = await cliJson(args)
    expect(code).toBe(3)
    expect(json.failedFiles).toMatchObject([
      {file: cut, code: 'BAD_GZIP'},
      {
        file: page,
        code: 'FORMAT',
        message: `${page} is not an IGC file: none of its lines is a record of that format`,
      },
    ])
    expect(json.enqueued).toBeGreaterThanOrEqual(1)
    expect(stderr).toContain(`${page} is not an IGC file`)
    const text = await cli(args)
    expect(text.stdout).toMatch(/not read .*behind-cut\.gz/)
    expect(text.stdout).toContain('page.igc')
  })

  it.each([
    ['page.igc', '<!DOCTYPE html>\n<p>404</p>\n', 2, 'is not an IGC file'],
    ['wide.ndjson', Buffer.from('\ufeff{"a":1}\n', 'utf16le'), 2, 'is UTF-16'],
    ['unmarked.ndjson', Buffer.from('{"a":1}\n', 'utf16le'), 2, 'is UTF-16'],
    ['latin1.csv', Buffer.from('nr;Größe\n1;2\n', 'latin1'), 2, 'is not UTF-8'],
    ['empty.csv', '', 0, 'holds no records'],
  ])('never says of %s only that it read nothing', async (name, content, wanted, words) => {
    const {queue} = context.newQueue()
    const {code, stderr, stdout} = await cli(['enqueue', file(name, content), '-q', queue])
    expect(code).toBe(wanted)
    expect(stderr + stdout).toContain(words)
  })

  it('stops with the number accepted when Redis refuses', async () => {
    const {queue, keys} = context.newQueue()
    await context.redis.set(keys.stats, 'no counters')
    const {code, json} = await cliJson(['enqueue', '-q', queue], {input: '{"a":1}\n'})
    expect(code).toBe(1)
    expect(json.error).toMatchObject({code: 'WRONGTYPE', message: expect.stringContaining('0 of 1 records')})
    await context.redis.del(keys.stats)
  })

  it('reads nothing for a key that no queue can have', async () => {
    const {queue, keys} = context.newQueue()
    await context.redis.set(keys.ready, 'no set')
    const {code, json} = await cliJson(['enqueue', '-q', queue], {input: '{"a":1}\n'})
    expect(code).toBe(1)
    expect(json.error).toMatchObject({code: 'WRONGTYPE', message: expect.stringMatching(/list or stream$/)})
    await context.redis.del(keys.ready)
  })

  it.each([['--mode=batch'], ['--mode=pipeline'], ['--group=7']])(
    'counts all that was read and is in the queue where the end of a file is missing, %s',
    async (flag) => {
      const {queue, keys} = context.newQueue()
      const lines = Array.from({length: 30_000}, (_, i) => `{"a":${i},"b":"${(i * 7919) % 10_007}"}\n`).join(
        '',
      )
      const cut = file('cut.gz', gzipSync(lines).subarray(0, -5000))
      const {code, json} = await cliJson(['enqueue', cut, '-q', queue, flag])
      expect(code).toBe(2)
      expect(json.error.code).toBe('BAD_GZIP')
      const [, enqueued, read] = /(\d+) of (\d+) records read/.exec(json.error.message) ?? []
      expect(Number(read)).toBeGreaterThan(10_000)
      expect(enqueued).toBe(read)
      const members = await context.redis.zrange(keys.ready, '0', '-1')
      const records = members.flatMap((member) => JSON.parse(member).points ?? [member])
      expect(records).toHaveLength(Number(read))
    },
  )

  it.skipIf(process.platform !== 'linux').each([1, 30_000])(
    'says what was enqueued when there is no room for %i refused lines',
    async (bad) => {
      const {queue, keys} = context.newQueue()
      const input = `{"a":1}\n${'not json\n'.repeat(bad)}{"a":2}\n`
      const {code, json} = await cliJson(['enqueue', '-q', queue, '--rejects', '/dev/full'], {input})
      expect(code).toBe(1)
      expect(json.error).toMatchObject({
        code: 'REJECTS_FAILED',
        message: expect.stringMatching(
          /^the --rejects file \/dev\/full is incomplete: ENOSPC.* records read had been enqueued/,
        ),
        suggestions: [expect.stringContaining('free some space')],
      })
      const [, enqueued] = /(\d+) of \d+ records read/.exec(json.error.message) ?? []
      expect(await context.redis.zcard(keys.ready)).toBe(Number(enqueued))
    },
  )

  it('ends quietly when nobody reads its answer', async () => {
    const {queue} = context.newQueue()
    const {spawnSync} = await import('node:child_process')
    const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
    const script = `printf '{"a":1}\\n' | ${process.execPath} ${bin} enqueue -q ${queue} --json | true`
    const {status, stderr} = spawnSync('sh', ['-c', script], {
      env: cliEnv({REDIS_URL: inject('redisUrl')}),
      timeout: 20_000,
    })
    expect(status).toBe(0)
    expect(stderr.toString()).toBe('')
  })
})
