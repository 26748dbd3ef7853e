import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import Doctor from '../../src/commands/doctor.ts'
import type {Diagnosis} from '../../src/doctor/diagnose.ts'
import {runCommand} from '../support/run-command.ts'
import {startSentinel, type TestSentinel} from '../support/sentinel.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestRedis()
})

afterAll(() => server.stop())

/** What the doctor finds about sentinels at these ports. */
async function examine(...ports: number[]): Promise<string[]> {
  const hosts = ports.map((port) => `127.0.0.1:${port}`).join(',')
  const {json} = await runCommand(Doctor, ['--json'], {
    REDIS_URL: `redis+sentinel://:test@${hosts}/main`,
    DATABASE_URL: inject('databaseUrl'),
  })
  const {findings} = json as Diagnosis
  return findings
    .filter(({check}) => /^(sentinel|redis)\./.test(check) && check !== 'redis.version')
    .map(({level, check}) => `${level} ${check}`)
}

describe('a primary with three sentinels', () => {
  const sentinels: TestSentinel[] = []

  beforeAll(async () => {
    for (let i = 0; i < 3; i++) {
      const settings = ['down-after-milliseconds 5000']
      sentinels.push(await startSentinel(server.port, {quorum: 2, settings}))
    }
  })

  afterAll(async () => {
    for (const one of sentinels) await one.stop()
  })

  it('is healthy once they know each other, and critical without two of them', {
    timeout: 60_000,
  }, async () => {
    const ports = sentinels.map(({port}) => port)
    await expect.poll(() => examine(...ports), {timeout: 20_000}).toEqual([])
    for (const one of sentinels.splice(1)) await one.stop()
    await expect.poll(() => examine(...ports), {timeout: 30_000}).toEqual(['critical sentinel.quorum'])
  })
})

it('finds a sentinel that is alone, and slower than a lease', async () => {
  const sentinel = await startSentinel(server.port, {
    quorum: 1,
    settings: ['down-after-milliseconds 30000'],
  })
  try {
    expect(await examine(sentinel.port)).toEqual(['warning sentinel.number', 'warning sentinel.down-after'])
  } finally {
    await sentinel.stop()
  }
})
