import {Redis} from 'ioredis'
import {afterAll, beforeAll, expect, it} from 'vitest'
import DlqList from '../../src/commands/dlq/list.ts'
import {parseFilter} from '../../src/queue/letters/filter-flags.ts'
import {LetterScan} from '../../src/queue/letters/letter-scan.ts'
import {runCommand} from '../support/run-command.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'

const LETTERS = 20_000
/** Letters of one call. */
const PAGE = 500
const LAST = Date.now()
/** Between two letters. */
const NOW = LAST + 500

let server: TestServer
let redis: Redis

/** Letter n failed n seconds before the last; every hundredth is of Alpine. As qtool writes it, put together by hand. */
function letter(n: number): string {
  const payload = JSON.stringify({
    n,
    source: n % 2 ? 'igc' : 'gpx',
    name: n % 100 === 7 ? 'Alpine' : 'Lowland',
  })
  const head = `{"qtool":1,"id":"l:${n}","queue":"q","reason":"${n % 4 ? 'foreign_key' : 'invalid'}","code":"X"`
  const tail = `"message":"m","failedAt":"2026-11-24T12:00:00.000Z","attempts":1,"score":1`
  return `${head},${tail},"payload":${JSON.stringify(payload)}}`
}

const failedAt = (n: number) => LAST - (LETTERS - n) * 1000

beforeAll(async () => {
  server = await startTestRedis('appendonly no')
  redis = new Redis(server.url)
  for (let from = 0; from < LETTERS; from += 5000) {
    const members = Array.from({length: 5000}, (_, i) => [failedAt(from + i), letter(from + i)])
    await redis.zadd('dlq:q', ...members.flat())
  }
}, 60_000)

afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

async function callsOf<T>(act: () => Promise<T>): Promise<{calls: number; result: T}> {
  await redis.config('RESETSTAT')
  const result = await act()
  const stats = await redis.info('commandstats')
  return {calls: Number(/^cmdstat_eval:calls=(\d+)/m.exec(stats)?.[1] ?? 0), result}
}

it.each([
  ['reason:foreign_key', 15_000, LETTERS],
  ['payload.name:Alp* NOT source:gpx', 200, LETTERS],
  ['text:Alpine OR reason:invalid', 5200, LETTERS],
  ['age<100s', 99, 99],
  ['age>=100s age<1100s source:igc', 500, 1000],
  ['(age<10s OR age<20s) NOT n:19999', 18, 19],
  ['id:l:3', 1, LETTERS],
])('reads each letter that may match %j once, in as few calls as pages', async (where, matched, read) => {
  const {calls, result} = await callsOf(async () => {
    const scan = new LetterScan(redis, 'dlq:q', parseFilter({where}, NOW))
    let found = 0
    for await (const letters of scan.pages()) found += letters.length
    return {found, read: scan.read}
  })
  expect(result).toEqual({found: matched, read})
  // Each range of scores that can be a time or none ends with an empty page
  expect(calls).toBeLessThanOrEqual(Math.ceil(read / PAGE) + 10)
})

it('hands out the first matches after the first call', async () => {
  const filter = parseFilter({where: 'name:Alpine'}, NOW)
  const {calls, result} = await callsOf(async () => {
    for await (const letters of new LetterScan(redis, 'dlq:q', filter).pages()) {
      if (letters.length > 0) return letters.length
    }
  })
  expect(result).toBe(PAGE / 100)
  // Before the letters, nothing is in the range of times in seconds; the next page is read ahead
  expect(calls).toBeLessThanOrEqual(3)
})

it('reads the letters once for a list, and says so', async () => {
  const args = ['-q', 'q', '--where', 'reason:foreign_key code:X n<100', '--json']
  const {calls, result} = await callsOf(() => runCommand(DlqList, args, {REDIS_URL: server.url}))
  expect(result.json).toMatchObject({matched: 75, searched: {letters: LETTERS, since: null, before: null}})
  // A look for the code among the letters ends in the first page
  expect(calls).toBeLessThanOrEqual(LETTERS / PAGE + 14)
})
