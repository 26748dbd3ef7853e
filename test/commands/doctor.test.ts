import {readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, inject, it} from 'vitest'
import Doctor from '../../src/commands/doctor.ts'
import type {Diagnosis} from '../../src/doctor/diagnose.ts'
import type {Facts} from '../../src/doctor/facts.ts'
import {newFolder} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'
import {type Outcome, runCommand} from '../support/run-command.ts'

const context = useServers()

const AWAY = {REDIS_URL: 'redis://:hidden@127.0.0.1:1', DATABASE_URL: 'postgres://u:hidden@127.0.0.1:1/d'}

let queue: string
let bundle: string
let live: Outcome

function doctor(...argv: string[]): Promise<Outcome> {
  return runCommand(Doctor, argv, {
    REDIS_URL: inject('redisUrl'),
    DATABASE_URL: inject('databaseUrl'),
    NO_COLOR: '1',
  })
}

const PAYLOAD = 'what-nobody-may-see'

beforeAll(async () => {
  const {keys, ...made} = context.newQueue()
  queue = made.queue
  await push(context, keys, [`{"a":"${PAYLOAD}"}`])
  // At once, since the commands of other tests would fill the log
  await context.redis
    .multi()
    .config('SET', 'slowlog-log-slower-than', '0')
    .get(PAYLOAD)
    .config('SET', 'slowlog-log-slower-than', '10000')
    .exec()
  bundle = join(newFolder(), 'facts.json')
  live = await doctor('-q', queue, '--bundle', bundle, '--json')
})

/** Facts of the bundle, changed. */
function changed(change: (facts: Facts) => void): string {
  const facts: Facts = JSON.parse(readFileSync(bundle, 'utf8'))
  change(facts)
  const file = join(newFolder(), 'facts.json')
  writeFileSync(file, JSON.stringify(facts))
  return file
}

/** The bundle without what the servers of the tests are known to lack, and without what other tests do to them. */
function healthy(change: (facts: Facts) => void = () => {}): string {
  return changed((facts) => {
    Object.assign(facts.redis?.info ?? {}, {aof_enabled: '1', number_of_cached_scripts: '1'})
    Object.assign(facts.redis?.config ?? {}, {appendfsync: 'always'})
    Object.assign(facts, {postgres: null, queue: null})
    Object.assign(facts.redis ?? {}, {slowlog: [], groups: [], clients: [], change: null})
    for (const link of [facts.redis?.link, facts.postgresLink]) {
      Object.assign(link ?? {}, {p50Ms: 0.1, p95Ms: 0.2, aheadMs: 0})
    }
    Object.assign(facts.redis?.info ?? {}, {mem_fragmentation_ratio: '1', allocator_frag_ratio: '1'})
    Object.assign(facts.redis?.info ?? {}, {mem_clients_normal: '0'})
    change(facts)
  })
}

const warning = () =>
  healthy((facts) => Object.assign(facts.redis?.info ?? {}, {maxmemory_policy: 'allkeys-lru'}))

describe('qtool doctor', () => {
  it('judges Redis, the queue and Postgres in one go', () => {
    const {findings, queue: named, guarantee} = live.json as Diagnosis
    expect(named).toBe(queue)
    expect(live.code).toBe(2)
    // As the servers of the tests are set up: without a file, and without fsync
    expect(findings).toContainEqual(expect.objectContaining({check: 'redis.persistence', level: 'critical'}))
    expect(findings).toContainEqual(expect.objectContaining({check: 'postgres.fsync', level: 'critical'}))
    expect(guarantee).toMatchObject({redisDurability: 'none', failover: 'none', postgresDurability: 'unsafe'})
  })

  it('ends with 0, 1 or 2', async () => {
    expect(await doctor('--from', healthy())).toMatchObject({code: 0, stdout: expect.stringMatching(/^fine/)})
    expect(await doctor('--from', warning())).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^1 warning/),
    })
    const full = healthy(({redis}) =>
      Object.assign(redis?.info ?? {}, {maxmemory: '100', used_memory: '95', mem_not_counted_for_evict: '0'}),
    )
    expect((await doctor('--from', full)).code).toBe(2)
  })

  it('shows checks that could not be made, and ends as if they were not there', async () => {
    const file = healthy((facts) => {
      Object.assign(facts.redis ?? {}, {info: null})
      facts.unread['redis.info'] = {kind: 'refused', reason: 'NOPERM', fix: 'allow it'}
    })
    const {code, stdout} = await doctor('--from', file)
    expect(code).toBe(0)
    expect(stdout).toMatch(/could not be checked\n {2}redis\.\S+ and \d+ more: NOPERM\n +fix {2}allow it/)
  })

  it('finds that servers are away, and shows no password', async () => {
    const {code, json, stdout, stderr} = await runCommand(Doctor, ['--json'], AWAY)
    const critical = (json as Diagnosis).findings.filter(({level}) => level === 'critical')
    expect(critical.map(({check}) => check)).toEqual(['redis.reachable', 'postgres.reachable'])
    expect((json as Diagnosis).checks.passed).toBe(0)
    expect(code).toBe(2)
    expect(stdout + stderr).not.toContain('hidden')
  })

  it('judges the one server that is configured', async () => {
    const {json} = await runCommand(Doctor, ['--json'], {REDIS_URL: inject('redisUrl')})
    const {findings} = json as Diagnosis
    expect(findings).toContainEqual(
      expect.objectContaining({check: 'postgres.fsync', level: 'unknown', what: 'no Postgres is configured'}),
    )
    expect(findings).toContainEqual(expect.objectContaining({check: 'redis.persistence', level: 'critical'}))
  })

  it('needs a server to look at', async () => {
    expect(await runCommand(Doctor, ['--json'])).toMatchObject({code: 2, json: {error: {code: 'NO_SETTING'}}})
  })
})

describe('a bundle', () => {
  it('is for its owner alone, and is never written over', async () => {
    expect(statSync(bundle).mode & 0o777).toBe(0o600)
    const again = await doctor('-q', queue, '--bundle', bundle)
    expect(again).toMatchObject({code: 2, stderr: expect.stringContaining('--bundle')})
  })

  it('holds no password and no payload', () => {
    const text = readFileSync(bundle, 'utf8')
    const {password} = new URL(inject('redisUrl'))
    expect(text).not.toContain(PAYLOAD)
    expect(text).not.toContain(`:${password}@`)
    expect(text).toContain('"command": "GET"')
  })

  it('is judged as the servers were', async () => {
    const {json, code} = await doctor('--from', bundle, '--json')
    expect(json).toEqual(live.json)
    expect(code).toBe(live.code)
  })

  it.each([
    ['a file that is not there', () => '/nowhere/facts.json', /cannot read/],
    ['what is not JSON', () => 'README.md', /not JSON/],
    ['other JSON', () => 'package.json', /it has no field/],
    ['another format', () => changed((facts) => Object.assign(facts, {format: 2})), /its format is 2/],
    ['a part that is missing', () => changed((facts) => Object.assign(facts, {host: undefined})), /host/],
    [
      'a field of another type',
      () => changed((facts) => Object.assign(facts.redis ?? {}, {info: 5})),
      /redis/,
    ],
    [
      'a part of Postgres that no check knows',
      () =>
        changed((facts) =>
          Object.assign(facts.postgres ?? {}, {activity: {value: [{}]}, sessions: {value: {}}}),
        ),
      /cannot be judged/,
    ],
  ])('is not %s', async (_, file, message) => {
    const {code, json} = await doctor('--from', file(), '--json')
    expect({code, json}).toMatchObject({code: 2, json: {error: {code: 'USAGE'}}})
    expect(JSON.stringify(json)).toMatch(message)
  })
})

describe('qtool doctor --format', () => {
  it('json is --json', async () => {
    expect((await doctor('--from', bundle, '--format', 'json')).json).toEqual(live.json)
    expect((await doctor('--from', bundle, '--format=json')).json).toEqual(live.json)
  })

  it('nagios is one line with the state and its figures, then details', async () => {
    const {stdout, code} = await doctor('--from', warning(), '--format', 'nagios')
    const [first, ...details] = stdout.trimEnd().split('\n')
    expect(first).toMatch(
      /^QTOOL WARNING - 1 warning: maxmemory-policy is allkeys-lru[^|]* \| critical=0;;0 warning=1;0 unknown=\d+ passed=\d+$/,
    )
    expect(details[0]).toMatch(/^WARNING redis\.eviction: .*; fix: redis-cli CONFIG SET/)
    expect(code).toBe(1)
  })

  it('nagios keeps a hostile name of a client out of the figures', async () => {
    const hostile = healthy(({redis}) => {
      Object.assign(redis?.info ?? {}, {connected_clients: '99', maxclients: '100'})
      Object.assign(redis ?? {}, {clients: [{name: 'a|b=1\n\u001b[2J', count: 90, outputBytes: 0}]})
    })
    const {stdout} = await doctor('--from', hostile, '--format', 'nagios')
    expect(stdout.split('\n')[0].split('|')).toHaveLength(2)
    expect(stdout).not.toContain('\u001b')
  })

  it('nagios says UNKNOWN and ends with 3 if nothing could be examined', async () => {
    const outcome = await doctor('--from', '/nowhere', '--format', 'nagios')
    expect(outcome).toMatchObject({code: 3, stdout: expect.stringMatching(/^QTOOL UNKNOWN - cannot read/)})
    const mistyped = await doctor('--format', 'nagios', '--nope')
    expect(mistyped).toMatchObject({code: 3, stdout: expect.stringMatching(/^QTOOL UNKNOWN - unknown flag/)})
  })

  it('prometheus is a file of metrics in which no series occurs twice', async () => {
    const {stdout} = await doctor(
      '--from',
      changed(() => {}),
      '--format',
      'prometheus',
    )
    const lines = stdout.trimEnd().split('\n')
    const series = lines.filter((line) => !line.startsWith('#')).map((line) => line.replace(/ \S+$/, ''))
    expect(new Set(series).size).toBe(series.length)
    expect(lines).toContain(
      `qtool_doctor_findings{queue="${queue}",check="redis.persistence",level="critical"} 1`,
    )
    expect(lines).toContain('# TYPE qtool_doctor_findings gauge')
    expect(stdout).toMatch(/^qtool_guarantee_info\{.*redis_durability="none",failover="none".*\} 1$/m)
  })
})
