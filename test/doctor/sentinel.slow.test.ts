import {Redis} from 'ioredis'
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import Doctor from '../../src/commands/doctor.ts'
import type {Finding} from '../../src/doctor/check.ts'
import type {Diagnosis} from '../../src/doctor/diagnose.ts'
import {runCommand} from '../support/run-command.ts'
import {startSentinel} from '../support/sentinel.ts'
import {QUICK_MS, type SentinelSet, startSentinelSet} from '../support/sentinel-set.ts'
import {startTestRedis} from '../support/server.ts'

/** What the doctor says about the sentinels of a URL and their primary, but for what follows from its release. */
async function findings(url: string): Promise<Finding[]> {
  const {json} = await runCommand(Doctor, ['--json'], {
    REDIS_URL: url,
    DATABASE_URL: inject('databaseUrl'),
  })
  const {findings} = json as Diagnosis
  return findings.filter(({check}) => /^(sentinel|redis)\./.test(check) && check !== 'redis.version')
}

async function examine(url: string): Promise<string[]> {
  return (await findings(url)).map(({level, check}) => `${level} ${check}`)
}

describe('a primary with a replica and three sentinels', () => {
  let set: SentinelSet

  beforeAll(async () => {
    // A busy machine keeps a replica waiting for a second
    const settings = ['replica-priority 0', 'min-replicas-max-lag 10']
    set = await startSentinelSet({downAfterMs: 5 * QUICK_MS, settings})
  })
  afterAll(() => set.stop())

  const client = (i: 0 | 1) => new Redis({port: set.servers[i].port, password: 'test'})

  it('has none that can be promoted while the replica is not to be', async () => {
    const found = await findings(set.url)
    expect(found).toMatchObject([{level: 'critical', check: 'sentinel.replicas'}])
    const {port} = set.servers[1]
    expect(found[0].what).toBe(`no replica of main can be promoted: 127.0.0.1:${port} has replica-priority 0`)
    expect(found[0].fix).toContain('replica-priority 100')
  })

  it('is healthy, then without a replica that lives, then without sentinels that agree', {
    timeout: 100_000,
  }, async () => {
    const replica = client(1)
    await replica.config('SET', 'replica-priority', 100)
    replica.disconnect()
    // Sentinels ask every ten seconds
    await expect.poll(() => examine(set.url), {timeout: 30_000}).toEqual([])
    await set.servers[1].crash()
    await expect.poll(() => examine(set.url), {timeout: 30_000}).toEqual(['critical sentinel.replicas'])
    expect((await findings(set.url))[0].what).toMatch(
      new RegExp(`127.0.0.1:${set.servers[1].port} is (disconnected|down)$`),
    )
    for (const one of set.sentinels.splice(1)) await one.stop()
    await expect
      .poll(() => examine(set.url), {timeout: 30_000})
      .toEqual(['critical sentinel.quorum', 'critical sentinel.replicas'])
  })
})

describe('a sentinel that is alone', () => {
  it('is found, and that it is slower than a lease, and its primary without a replica', async () => {
    const server = await startTestRedis()
    const settings = ['down-after-milliseconds 30000']
    const sentinel = await startSentinel(server.port, {quorum: 1, settings})
    try {
      const url = `redis+sentinel://:test@127.0.0.1:${sentinel.port}/main`
      expect(await examine(url)).toEqual([
        'critical sentinel.replicas',
        'warning sentinel.number',
        'warning sentinel.down-after',
      ])
      expect((await findings(url))[0].what).toBe('main has no replica')
      const admin = new Redis({port: sentinel.port})
      const rules = ['on', '>look', '+@all', '-sentinel|ckquorum', '-sentinel|replicas']
      await admin.call('ACL', 'SETUSER', 'few', 'reset', ...rules)
      admin.disconnect()
      const few = await findings(`${url}?sentinel-user=few&sentinel-password=look`)
      expect(few).toMatchObject([
        {level: 'warning', check: 'sentinel.number'},
        {level: 'warning', check: 'sentinel.down-after'},
        {level: 'unknown', check: 'sentinel.quorum', what: expect.stringContaining('NOPERM')},
        {level: 'unknown', check: 'sentinel.replicas', what: expect.stringContaining('NOPERM')},
      ])
      expect(few[2].fix).toContain('ACL SETUSER NAME +sentinel|master +sentinel|ckquorum')
    } finally {
      await sentinel.stop()
      await server.stop()
    }
  })
})
