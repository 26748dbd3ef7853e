import {readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {cli, cliEnv, newFolder} from '../../support/cli.ts'
import {useServers} from '../../support/context.ts'
import {seedLetters} from '../../support/letters.ts'
import {PATIENT_CLOCK} from '../../support/patient-clock.ts'
import {
  completedLine,
  fishOffers,
  isSkipped,
  printedIn,
  programFolder,
  wordsOf,
} from '../../support/shells.ts'

const context = useServers()

/** A column as another program may have named it: a shell that evaluated it would make files. */
const HOSTILE = '$(touch "pwned 1");`touch pwned_2` & it\'s > pwned_3'

let at: {env: NodeJS.ProcessEnv; cwd: string}
let queue: string

beforeAll(async () => {
  const made = context.newQueue()
  queue = made.queue
  await seedLetters(context, made, [
    {payload: '{}', reason: 'foreign_key'},
    {payload: '{}', reason: 'invalid', code: 'TS_FORMAT'},
  ])
  const foreign = JSON.stringify({reason: 'lost', column: HOSTILE, code: 'own code'})
  await context.redis.zadd(made.keys.dead, 1_700_000_000_000, foreign)
  await context.redis.zadd('queue:test-$(touch pwned_4)', 1, 'x')
  const cwd = newFolder()
  writeFileSync(join(cwd, 'my orders.ndjson'), '')
  const env = cliEnv({QTOOL_QUEUE: queue, NODE_OPTIONS: PATIENT_CLOCK})
  at = {cwd, env: {...env, PATH: `${programFolder()}:${env.PATH}`}}
})

afterAll(async () => {
  await context.redis.del('queue:test-$(touch pwned_4)')
})

/** A line, and what the tab key makes of it. */
const LINES: Array<[string, string]> = [
  ['qtool dlq lis', 'qtool dlq list '],
  ['qtool help enq', 'qtool help enqueue '],
  ['qtool dlq list --wh', 'qtool dlq list --where '],
  ['qtool enqueue --format nd', 'qtool enqueue --format ndjson '],
  ['qtool enqueue --mode=pip', 'qtool enqueue --mode=pipeline '],
  ['qtool enqueue my', String.raw`qtool enqueue my\ orders.ndjson `],
  ['qtool enqueue --rejects=my', String.raw`qtool enqueue --rejects=my\ orders.ndjson `],
  ['qtool dlq list --where reason:f', 'qtool dlq list --where reason:foreign_key '],
  ['qtool dlq list --where=reason:f', 'qtool dlq list --where=reason:foreign_key '],
  ["qtool dlq list --where 'age>2h NOT reason:f", "qtool dlq list --where 'age>2h NOT reason:foreign_key' "],
  ['qtool dlq list --where "code:TS', 'qtool dlq list --where "code:TS_FORMAT" '],
  ["qtool dlq list --where 'rea", "qtool dlq list --where 'reason:"],
  ["qtool dlq list --where 'code:own", `qtool dlq list --where 'code:"own code"' `],
  ['qtool dlq list --code own', String.raw`qtool dlq list --code own\ code `],
]

/** A part of a line in which the hostile column is completed, and what the shell's words are then. */
const hostileLines = [
  'qtool dlq list --column \\$',
  "qtool dlq list --column '$",
  'qtool dlq list --column "\\$',
]

describe.each(['bash', 'zsh'] as const)('%s', (shell) => {
  const isAbsent = isSkipped(shell)

  it.skipIf(isAbsent)(`completes (skipped where there is no ${shell})`, async () => {
    for (const [line, expected] of LINES) expect(await completedLine(shell, line, at)).toBe(expected)
  })

  it.skipIf(isAbsent)('completes the name of a queue, and leaves out one that qtool refuses', async () => {
    const start = queue.slice(0, 12)
    expect(await completedLine(shell, `qtool work -q ${start}`, at)).toBe(`qtool work -q ${queue} `)
    expect(await completedLine(shell, 'qtool work -q test-$', at)).toBe('qtool work -q test-$')
  })

  it.skipIf(isAbsent)('quotes what other programs wrote, and runs none of it', async () => {
    for (const line of hostileLines) {
      const completed = await completedLine(shell, line, at)
      expect(completed).not.toBe(line)
      expect(wordsOf(completed).at(-1)).toBe(HOSTILE)
    }
    expect(readdirSync(at.cwd)).toEqual(['my orders.ndjson'])
  })
})

describe('fish', () => {
  const isAbsent = isSkipped('fish')

  it.skipIf(isAbsent)('offers words, values and files (skipped where there is no fish)', () => {
    expect(fishOffers('qtool dlq lis', at)).toEqual(['list'])
    expect(fishOffers('qtool enqueue --mode=pip', at)).toEqual(['--mode=pipeline'])
    expect(fishOffers('qtool enqueue my', at)).toEqual(['my orders.ndjson'])
    expect(fishOffers('qtool enqueue --rejects=my', at)).toEqual(['--rejects=my orders.ndjson'])
    expect(fishOffers("qtool dlq list --where 'age>2h NOT reason:f", at)).toEqual([
      'age>2h NOT reason:foreign_key',
    ])
    expect(fishOffers(`qtool work -q ${queue.slice(0, 12)}`, at)).toEqual([queue])
  })

  it.skipIf(isAbsent)('is given what other programs wrote as text', () => {
    expect(fishOffers("qtool dlq list --column '$", at)).toEqual([HOSTILE])
    expect(readdirSync(at.cwd)).toEqual(['my orders.ndjson'])
  })

  it.skipIf(isAbsent)('reads back what qtool env prints, whatever is in the passwords', async () => {
    const urls = {
      REDIS_URL: 'redis://ann:r%27s@127.0.0.1:7001/3',
      DATABASE_URL: 'postgres://bob:p%27s%20%5C@db.example:5555/app?sslmode=require',
    }
    const {stdout, code} = await cli(['env', '--shell', 'fish'], {env: {...at.env, ...urls}})
    expect(code).toBe(0)
    expect(printedIn('fish', stdout, '"$REDIS_URL" "$DATABASE_URL"')).toBe(
      `${urls.REDIS_URL}\n${urls.DATABASE_URL}\n`,
    )
  })
})
