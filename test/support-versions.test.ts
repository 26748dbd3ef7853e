import {mkdtemp, readdir, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, expect, it, vi} from 'vitest'
import {stackPaths} from '../src/stack/paths.ts'
import {fetchPostgres} from './support/postgres-version.ts'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'qtool-fetch-'))
})
afterAll(() => rm(home, {recursive: true, force: true}))
afterEach(() => vi.unstubAllEnvs())

it('a version that npm cannot fetch is an error, and leaves nothing half made', async () => {
  vi.stubEnv('npm_config_offline', 'true')
  vi.stubEnv('npm_config_cache', join(home, 'npm'))
  const paths = {...stackPaths({QTOOL_HOME: home}), account: undefined}
  await expect(fetchPostgres(paths, '14')).rejects.toThrow(/^not run: npm could not fetch .*14\.23\.0/)
  expect(await readdir(home)).not.toContain('cache')
})

it('a version that is not supported is an error', async () => {
  await expect(fetchPostgres(stackPaths({QTOOL_HOME: home}), '13')).rejects.toThrow(
    'not run: Postgres 13 is not supported, but 14, 15, 16, 17, 18 are',
  )
})
