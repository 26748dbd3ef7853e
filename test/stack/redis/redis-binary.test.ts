import {existsSync} from 'node:fs'
import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {stackPaths} from '../../../src/stack/paths.ts'
import {findRedis} from '../../../src/stack/redis/redis-binary.ts'

let bin: string

beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'qtool-bin-'))
  await chmod(bin, 0o755)
})

afterEach(() => rm(bin, {recursive: true}))

async function addProgram(name: string, says: string): Promise<string> {
  const path = join(bin, name)
  await writeFile(path, `#!/bin/sh\necho '${says}'\n`)
  await chmod(path, 0o755)
  return path
}

const paths = stackPaths(process.env)
const VALKEY = 'Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1'
const REDIS = 'Redis server v=7.4.2 sha=00000000:1 malloc=libc bits=64 build=2'
const OLD = 'Redis server v=6.2.14 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=3'

describe('the Redis of the stack', () => {
  it('is redis-server on the PATH', async () => {
    await addProgram('valkey-server', VALKEY)
    const command = await addProgram('redis-server', REDIS)
    expect(await findRedis(paths, {PATH: bin})).toMatchObject({command, version: 'Redis 7.4.2'})
  })

  it('is valkey-server where there is no redis-server, or only one that is too old', async () => {
    const command = await addProgram('valkey-server', VALKEY)
    expect(await findRedis(paths, {PATH: bin})).toMatchObject({command, version: 'Valkey 8.1.1'})
    await addProgram('redis-server', OLD)
    expect(await findRedis(paths, {PATH: bin})).toMatchObject({command, version: 'Valkey 8.1.1'})
  })

  it('is what QTOOL_REDIS_SERVER names', async () => {
    await addProgram('redis-server', REDIS)
    const command = await addProgram('mine', VALKEY)
    expect(await findRedis(paths, {PATH: bin, QTOOL_REDIS_SERVER: command})).toMatchObject({command})
  })

  it('is not looked for elsewhere when QTOOL_REDIS_SERVER names something else', async () => {
    const command = await addProgram('mine', 'hello')
    await expect(findRedis(paths, {PATH: bin, QTOOL_REDIS_SERVER: command})).rejects.toMatchObject({
      kind: 'usage',
      message: `expected QTOOL_REDIS_SERVER to be a Redis 7 or newer, got ${command}`,
    })
  })

  it('is named with the command for this system where there is none', async () => {
    // Has neither apt nor a cache with an unpacked server.
    const {PATH} = process.env
    process.env.PATH = bin
    try {
      const empty = {...paths, cache: join(bin, 'cache')}
      const error = await findRedis(empty, {PATH: bin}).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({code: 'NO_REDIS'})
      expect(error).toHaveProperty('suggestions.0', expect.stringMatching(/installs it$/))
    } finally {
      process.env.PATH = PATH
    }
  })

  it('is not even asked for its version where others may have put it there', async () => {
    const cache = join(bin, 'cache')
    const folder = join(cache, 'redis', 'usr', 'bin')
    const marker = join(bin, 'was-run')
    await mkdir(folder, {recursive: true, mode: 0o755})
    const planted = join(folder, 'redis-server')
    await writeFile(planted, `#!/bin/sh\ntouch ${marker}\necho '${REDIS}'\n`)
    await chmod(planted, 0o755)
    await chmod(cache, 0o777)
    const found = findRedis({...paths, cache, account: undefined}, {PATH: join(bin, 'nothing')})
    await expect(found).rejects.toMatchObject({code: 'UNSAFE_FOLDER', kind: 'refused'})
    expect(existsSync(marker)).toBe(false)
  })
})
