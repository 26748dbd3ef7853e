import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Redis} from 'ioredis'
import {afterAll, beforeAll, expect, inject, it} from 'vitest'
import DlqDiagnose from '../../src/commands/dlq/diagnose.ts'
import DlqEdit from '../../src/commands/dlq/edit.ts'
import DlqExport from '../../src/commands/dlq/export.ts'
import DlqList from '../../src/commands/dlq/list.ts'
import DlqPurge from '../../src/commands/dlq/purge.ts'
import DlqReplay from '../../src/commands/dlq/replay.ts'
import {newFolder} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {runCommand} from '../support/run-command.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'

const context = useServers()
const LETTERS = 120_000
const AT = Date.parse('2026-11-24T12:00:00Z')
const LEASE = '3f1a52e6-7f0e-4a3d-9b3c-0d3a6a3c1e11'

/** Every 20 letters have the same time, as if a lease had failed. */
const momentOf = (n: number) => AT + Math.floor(n / 20)
const idOf = (n: number) => `${momentOf(n).toString(36)}-${LEASE}~${Math.floor(n / 20)}:${n % 20}`

/** A letter as qtool writes it, built by hand. */
function letter(n: number): string {
  const head = `{"qtool":1,"id":"${idOf(n)}","queue":"q","reason":"invalid","code":"X","message":"m"`
  return `${head},"failedAt":"2026-11-24T12:00:00.000Z","attempts":1,"score":1,"payload":"{\\"n\\":${n}}"}`
}

let server: TestServer
let redis: Redis

beforeAll(async () => {
  server = await startTestRedis('appendonly no')
  redis = new Redis(server.url)
  for (let from = 0; from < LETTERS; from += 5000) {
    const members = Array.from({length: 5000}, (_, i) => [momentOf(from + i), letter(from + i)])
    await redis.zadd('dlq:q', ...members.flat())
  }
  await redis.zadd('dlq:q', (AT + 500) / 1000, '{"other":"timed"}', 7, '{"other":"untimed"}')
  await redis.hset('stats:q', 'dead:invalid', LETTERS)
  await context.pool.query('CREATE TABLE item (n int)')
}, 60_000)

afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

/** Runs a command. @returns its JSON, and the number of calls that read members of sorted sets, a few at a time */
async function run(command: Parameters<typeof runCommand>[0], ...args: string[]) {
  await redis.config('RESETSTAT')
  const env = {REDIS_URL: server.url, DATABASE_URL: inject('databaseUrl')}
  const outcome = await runCommand(command, [...args, '-q', 'q', '--json'], env)
  const stats = await redis.info('commandstats')
  const reads = Number(/^cmdstat_zrange:calls=(\d+)/m.exec(stats)?.[1] ?? 0)
  return {...outcome, reads}
}

/** Reading all letters, two at a time, takes 60,000. */
const FEW = 100

it('diagnoses one of 120,000', async () => {
  const table = ['--table', `${context.schema}.item`]
  const {json, reads} = await run(DlqDiagnose, '--id', idOf(70_003), ...table)
  expect(json).toMatchObject({matched: 1, passing: 1})
  expect(reads).toBeLessThan(FEW)
})

it('exports some, oldest first, whatever the order of the ids', async () => {
  const file = join(newFolder(), 'letters.ndjson')
  const ids = [90_007, 5, 90_001, 6].flatMap((n) => ['--id', idOf(n)])
  const {json, reads} = await run(DlqExport, ...ids, '--output', file)
  expect(json).toMatchObject({exported: 4})
  expect(await readFile(file, 'utf8')).toBe('{"n":5}\n{"n":6}\n{"n":90001}\n{"n":90007}\n')
  expect(reads).toBeLessThan(2 * FEW)
})

it('replays one', async () => {
  const {json, reads} = await run(DlqReplay, '--id', idOf(119_999))
  expect(json).toMatchObject({matched: 1, replayed: 1, remaining: LETTERS + 1})
  expect(await redis.zrange('queue:q', '0', '-1')).toEqual(['{"n":119999}'])
  expect(reads).toBeLessThan(FEW)
})

it('edits one', async () => {
  const {json, reads} = await run(DlqEdit, '--id', idOf(60_001), '--set', 'n=-1', '--yes')
  expect(json).toMatchObject({matched: 1, edited: 1})
  expect(reads).toBeLessThan(3 * FEW)
})

it('purges one, and not its neighbours', async () => {
  const {json, reads} = await run(DlqPurge, '--id', idOf(40_010), '--yes')
  expect(json).toMatchObject({matched: 1, purged: 1, remaining: LETTERS})
  expect(await redis.zscore('dlq:q', letter(40_010))).toBeNull()
  expect(await redis.zscore('dlq:q', letter(40_011))).not.toBeNull()
  expect(reads).toBeLessThan(2 * FEW)
})

it('reads nothing else for an id whose letter another filter leaves out', async () => {
  const later = new Date(AT + 1000).toISOString()
  for (const filter of [
    ['--reason', 'poison'],
    ['--since', later, '--older-than', '1m'],
  ]) {
    const {json, reads} = await run(DlqPurge, '--id', idOf(3), ...filter, '--dry-run')
    expect(json).toMatchObject({matched: 0})
    expect(reads).toBeLessThan(FEW)
  }
})

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)

it('finds letters of other programs by their time, or among those that tell none', async () => {
  const [timed, untimed] = ['{"other":"timed"}', '{"other":"untimed"}']
  const ids = ['--id', `${(AT + 500).toString(36)}-${hashOf(timed)}`, '--id', hashOf(untimed)]
  const {json, reads} = await run(DlqPurge, ...ids, '--yes')
  expect(json).toMatchObject({matched: 2, purged: 2})
  expect(await redis.zmscore('dlq:q', timed, untimed)).toEqual([null, null])
  expect(reads).toBeLessThan(2 * FEW)
})

it('reads every letter only for an id that is not where it says', async () => {
  await redis.zadd('dlq:q', 'XX', AT + 900_000, letter(20))
  const {json, reads} = await run(DlqPurge, '--id', idOf(20), '--id', idOf(21), '--dry-run')
  expect(json).toMatchObject({matched: 2})
  expect(reads).toBeGreaterThan(LETTERS / 2 - FEW)
  const list = await run(DlqList, '--id', idOf(20), '--id', idOf(21))
  expect(list.json).toMatchObject({matched: 2, searched: {letters: await redis.zcard('dlq:q')}})
})
