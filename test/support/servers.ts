import type {TestProject} from 'vitest/node'
import {startTestPostgres, startTestRedis} from './server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The Redis of this test run: `inject('redisUrl')`. */
    redisUrl: string
    /** The Postgres of this test run: `inject('databaseUrl')`. */
    databaseUrl: string
  }
}

/** One Redis and one Postgres for the whole test run; @returns what ends them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [redis, postgres] = await Promise.all([startTestRedis(), startTestPostgres()])
  project.provide('redisUrl', redis.url)
  project.provide('databaseUrl', postgres.url)
  return async () => {
    await Promise.all([redis.stop(), postgres.stop()])
  }
}
