import pg from 'pg'
import type {TestProject} from 'vitest/node'
import {migrate} from '../../src/sample/migrate.ts'
import {forgiveLateAnswers} from './late-answers.ts'
import {startPostgresOf, startTestRedis} from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The Redis of this test run: `inject('redisUrl')`. */
    redisUrl: string
    /** The Postgres of this test run, with qtool's tables and the sample schema: `inject('databaseUrl')`. */
    databaseUrl: string
  }
}

/** Starts one Redis and one Postgres for the whole test run. @returns a function that ends them */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  forgiveLateAnswers()
  const major = project.config.env?.QTOOL_TEST_POSTGRES ?? process.env.QTOOL_TEST_POSTGRES
  const [redis, postgres] = await Promise.all([
    startTestRedis('appendonly no'),
    startPostgresOf(major, ['max_connections=200']),
  ])
  const client = new pg.Client(postgres.url)
  await client.connect()
  await migrate(client, {sample: true})
  await client.end()
  project.provide('redisUrl', redis.url)
  project.provide('databaseUrl', postgres.url)
  return async () => {
    await Promise.all([redis.stop(), postgres.stop()])
  }
}
