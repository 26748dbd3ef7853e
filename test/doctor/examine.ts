import {Redis} from 'ioredis'
import type {Finding} from '../../src/doctor/check.ts'
import {diagnose} from '../../src/doctor/diagnose.ts'
import type {Facts} from '../../src/doctor/facts.ts'
import {readFacts, type Sources} from '../../src/doctor/read-facts.ts'
import {openQueue} from '../../src/queue/open.ts'

/** Connections that a test allows qtool, so that the limit of a server is never too close. */
const FEW = 2

/** Reads the facts of a Redis alone. */
export async function redisFacts(url: string, queue = 'orders', more: Partial<Sources> = {}): Promise<Facts> {
  const redis = new Redis(url, {enableReadyCheck: false})
  // As a client that lost its server does, until it is closed
  redis.on('error', () => {})
  try {
    return await readFacts({
      qtool: {version: '0.0.0', queue, redisMaxConnections: FEW},
      redis: {
        server: 'redis://there',
        lend: (use) => use(redis, () => openQueue(redis, {name: queue})),
      },
      signal: new AbortController().signal,
      ...more,
    })
  } finally {
    redis.disconnect()
  }
}

/** `LEVEL CHECK` of everything that is wrong; checks that could not be made are left out. */
export function titles(facts: Facts): string[] {
  return wrong(facts).map(({level, check}) => `${level} ${check}`)
}

/** What is wrong. */
export function wrong(facts: Facts): Finding[] {
  return diagnose(facts).findings.filter(({level}) => level !== 'unknown')
}

/** What a machine that other tests keep busy really suffers from at times. */
const BUSY = ['redis.round-trip', 'redis.cpu']

/** What is wrong with a living Redis, but for what other tests do to its machine. */
export async function ills(url: string, queue?: string): Promise<Finding[]> {
  return wrong(await redisFacts(url, queue)).filter(({check}) => !BUSY.includes(check))
}

/** The same as `LEVEL CHECK`, of a Redis or of facts that were read from one. */
export async function examineRedis(read: string | Facts, queue?: string): Promise<string[]> {
  const facts = typeof read === 'string' ? await redisFacts(read, queue) : read
  return titles(facts).filter((title) => !BUSY.some((check) => title.endsWith(check)))
}
