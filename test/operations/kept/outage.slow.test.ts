import {Redis} from 'ioredis'
import {expect, it} from 'vitest'
import {openQueue} from '../../../src/queue/open.ts'
import {queueKeys} from '../../../src/redis/keys.ts'
import {until} from '../../support/cli.ts'
import {useServers} from '../../support/context.ts'
import {numbered} from '../../support/kept.ts'
import {seedLetters} from '../../support/letters.ts'
import {startServe} from '../../support/serve.ts'
import {startTestRedis} from '../../support/server.ts'

const context = useServers()
const QUEUE = 'orders'

/** A Redis of its own with dead letters, which loses nothing when it is killed, and a server on it. */
async function stage(letters: number, ...settings: string[]) {
  const server = await startTestRedis('appendonly yes', 'appendfsync always', ...settings)
  const redis = new Redis(server.url)
  redis.on('error', () => {})
  const at = {queue: QUEUE, keys: queueKeys(QUEUE)}
  await seedLetters({...context, redis}, at, numbered(letters))
  const api = await startServe({redisUrl: server.url})
  const engine = await openQueue(redis, {name: QUEUE})
  const applied = async (operation: string, input: object) => {
    const {json, status: made} = await api.post('/operations', {operation, queue: QUEUE, input})
    expect(made, JSON.stringify(json)).toBe(201)
    const {status} = await api.post(`/operations/${json.id}/apply`)
    expect(status).toBe(202)
    const read = () => engine.operations.read(json.id)
    const isDone = async () => (await read().catch(() => undefined))?.state === 'done'
    return {id: json.id as string, read, isDone}
  }
  const end = async () => {
    await api.stop()
    redis.disconnect()
    await server.stop()
  }
  return {server, redis, api, engine, keys: at.keys, applied, end}
}

it('goes on where it was when Redis was killed and is back, and counts right', async () => {
  const {server, api, engine, applied, end} = await stage(1500)
  const {read, isDone} = await applied('dlq replay', {rate: 200})
  await until(async () => (await engine.depth()) > 100)
  await server.crash()
  await until(async () => (await api.ask('/health')).status === 503)
  await server.start()
  await until(isDone)
  expect(await read()).toMatchObject({done: 1500, result: {replayed: 1500, remaining: 0}})
  expect(await engine.depth()).toBe(1500)
  await end()
}, 120_000)

it('purges where Redis is full, and makes room', async () => {
  const {redis, engine, applied, end} = await stage(2000, 'maxmemory-policy noeviction')
  await redis.config('SET', 'maxmemory', '1')
  await expect(redis.set('more', '1')).rejects.toThrow('OOM')
  const {read, isDone} = await applied('dlq purge', {where: 'n<1500'})
  await until(isDone)
  expect(await read()).toMatchObject({done: 1500})
  expect(await engine.letters.count()).toBe(500)
  await end()
}, 120_000)
