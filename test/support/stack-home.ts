import {chmod, mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {down} from '../../src/stack/down.ts'
import {stackPaths} from '../../src/stack/paths.ts'
import {testRedisEnv} from './server.ts'

/** A home for one test's own local stack, with the programs from this machine's cache. */
export interface StackHome {
  home: string
  env: {QTOOL_HOME: string; QTOOL_CACHE: string; PATH: string; QTOOL_REDIS_SERVER?: string}
  /** Stops what runs and removes everything. */
  remove(): Promise<void>
}

export async function newStackHome(): Promise<StackHome> {
  const home = await mkdtemp(join(tmpdir(), 'qtool-stack-'))
  // The account that runs the servers in place of root must be able to reach their data
  await chmod(home, 0o711)
  const {cache} = stackPaths(process.env)
  const {QTOOL_REDIS_SERVER} = testRedisEnv()
  const named = QTOOL_REDIS_SERVER ? {QTOOL_REDIS_SERVER} : {}
  const env = {QTOOL_HOME: home, QTOOL_CACHE: cache, PATH: process.env.PATH ?? '', ...named}
  return {
    home,
    env,
    async remove() {
      await down(env, {purge: true})
      await rm(home, {recursive: true, force: true})
    },
  }
}
