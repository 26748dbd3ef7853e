import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, describe, expect, it} from 'vitest'
import {cli, cliEnv, cliJson, runningCli, until} from '../../support/cli.ts'
import {useServers} from '../../support/context.ts'

const context = useServers()

/** Checks that everything a bench made is gone. */
async function expectNothingLeft(): Promise<void> {
  expect(await context.redis.keys('*qtool-bench-2*')).toEqual([])
  const {rows} = await context.pool.query(
    `SELECT nspname FROM pg_namespace WHERE nspname LIKE 'qtool_bench_2%'`,
  )
  expect(rows).toEqual([])
}

afterEach(expectNothingLeft)

describe('qtool bench bombard', () => {
  it('accounts for every record, and writes its reports', async () => {
    const env = cliEnv()
    const [html, markdown] = [join(String(env.HOME), 'r.html'), join(String(env.HOME), 'r.md')]
    const args = [
      'bench',
      'bombard',
      '--count',
      '3k',
      '--invalid',
      '10%',
      '--html',
      html,
      '--markdown',
      markdown,
    ]
    const {code, json} = await cliJson(args, {env})
    expect(code).toBe(0)
    expect(json).toMatchObject({
      scenario: 'bombard',
      state: 'ok',
      ledger: {enqueued: 3000, rows: 2700, deadLetters: 300, lost: 0, duplicated: 0},
    })
    expect(readFileSync(html, 'utf8')).toContain(json.id)
    expect(readFileSync(markdown, 'utf8')).toContain(json.verdict)
    const list = await cliJson(['bench', 'list'], {env})
    expect(list.json.runs).toMatchObject([{id: json.id, state: 'ok'}])
    const shown = await cli(['bench', 'show', 'last'], {env})
    expect(shown.stdout).toContain(json.verdict)
  })

  it('ends with 5 where a threshold is broken, and says which', async () => {
    const {code, json} = await cliJson(['bench', 'bombard', '--count', '500', '--fail-if', 'rate>=0'])
    expect(code).toBe(2)
    expect(json.error.message).toContain('better')
    const slow = await cliJson(['bench', 'bombard', '--count', '500', '--fail-if', 'rate<900m'])
    expect(slow.code).toBe(5)
    expect(slow.json).toMatchObject({state: 'failed'})
    expect(slow.json.checks).toContainEqual({name: 'rate', ok: false, text: expect.stringContaining('rate')})
  })

  it('refuses a production profile without --yes', async () => {
    const env = cliEnv()
    const urls = ['--redis-url', String(env.REDIS_URL), '--database-url', String(env.DATABASE_URL)]
    await cli(['profiles', 'add', 'prod', '--production', ...urls], {env})
    const bare = {...env, REDIS_URL: undefined, DATABASE_URL: undefined}
    const {code, json} = await cliJson(['bench', 'bombard', '--profile', 'prod'], {env: bare})
    expect(code).toBe(6)
    expect(json.error.code).toBe('PRODUCTION')
    const meant = ['bench', 'bombard', '--profile', 'prod', '--count', '200', '--yes']
    expect((await cli(meant, {env: bare})).code).toBe(0)
  })
})

describe('qtool bench sustained', () => {
  it('times records to their committed rows, and loses none', async () => {
    const args = [
      'bench',
      'sustained',
      '--rate',
      '200',
      '--for',
      '3s',
      '--warm-up',
      '1',
      '--arrivals',
      'poisson',
    ]
    const {json} = await cliJson(args)
    const [row, reply] = json.steps
    expect(json.ledger).toMatchObject({lost: 0, duplicated: 0, rows: json.ledger.enqueued})
    expect(row.latency.samples).toBeGreaterThan(400)
    expect(row.latency.p50).toBeGreaterThanOrEqual(reply.latency.p50)
    expect(row.latency.p999).toBeNull()
    expect(row.throughput).toHaveLength(3)
    expect(json.environment.redis.version).toMatch(/^\d/)
  })

  it('leaves nothing behind on Ctrl-C, and says what it had', async () => {
    const run = runningCli(['bench', 'sustained', '--rate', '200', '--for', '60s', '--json'])
    await until(async () => (await context.redis.keys('stats:qtool-bench*_sustained_*')).length > 0)
    run.child.kill('SIGINT')
    const {code, stdout} = await run.ended
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({state: 'interrupted', ledger: {lost: 0}})
  })
})

describe('qtool bench workers', () => {
  it('fits a curve to four numbers of workers, and says so where there are fewer', async () => {
    const {json} = await cliJson([
      'bench',
      'workers',
      '--workers',
      '1,2',
      '--batches',
      '100',
      '--count',
      '1k',
    ])
    expect(json.fit.state).toBe('too few points')
    expect(json.verdict).toContain('too few points to find the peak')
    expect(json.steps.map((step: {name: string}) => step.name)).toEqual(['1 worker × 100', '2 workers × 100'])
  })
})

describe('qtool bench capacity', () => {
  it('says that not even the first rate holds an impossible SLO', async () => {
    const args = ['bench', 'capacity', '--slo', 'p50<1us', '--from', '100', '--for', '1s', '--repeats', '1']
    const {json} = await cliJson(args)
    expect(json.metrics).not.toHaveProperty('capacity')
    expect(json.steps).toHaveLength(1)
  })

  it('stops at the highest rate that may be tried', async () => {
    const args = ['bench', 'capacity', '--slo', 'p50<60s', '--from', '50', '--most', '100', '--for', '1s']
    const {json} = await cliJson([...args, '--repeats', '1'])
    const targets = json.steps.map((step: {target: number}) => step.target)
    expect(targets[0]).toBe(50)
    expect(Math.max(...targets)).toBeLessThanOrEqual(100)
    const held = json.steps.flatMap((step: {target: number; verdict: string}) =>
      step.verdict === 'holds' ? [step.target] : [],
    )
    // On a busy machine a rate may not hold
    expect(json.metrics.capacity).toBe(held.length > 0 ? Math.max(...held) : undefined)
  })
})

describe('a figure that this run cannot give is refused before it starts', () => {
  it.each([
    [
      ['capacity', '--slo', 'p999<10s', '--for', '5s'],
      '--slo asks for p999, which needs 10,000 records: 20 s at 500/s, but this run measures only 5 s',
    ],
    [
      ['sustained', '--rate', '100', '--for', '5s', '--fail-if', 'p99>1s'],
      '--fail-if asks for p99, which needs 1,000 records: 10 s at 100/s, but this run measures only 5 s',
    ],
    [
      ['modes', '--mode', 'single', '--fail-if', 'rateBatch<1k'],
      '--fail-if: there is no figure "rateBatch" here',
    ],
    [
      ['workers', '--workers', '1', '--fail-if', 'rate@2x200<1k'],
      '--fail-if: there is no figure "rate@2x200" here',
    ],
    [['connections', '--fail-if', 'p99>1s'], '--fail-if: there is no figure "p99" here'],
  ])('%j', async (args, message) => {
    const {code, json} = await cliJson(['bench', ...args])
    expect(json.error.message).toBe(message)
    expect(code).toBe(2)
  })
})

describe('qtool bench recovery', () => {
  it('refuses servers that are not of the local stack', async () => {
    const {code, json} = await cliJson(['bench', 'recovery', '--quick'])
    expect(code).toBe(6)
    expect(json.error.code).toBe('NOT_LOCAL')
  })
})
