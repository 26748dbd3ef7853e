import {createServer, type Server, type Socket} from 'node:net'
import {afterEach, describe, expect, inject, it, vi} from 'vitest'
import {connectRedis, withRedis} from '../../src/redis/connect.ts'
import {startTestRedis} from '../support/server.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A server that listens but is not Redis. */
async function listen(onConnect: (socket: Socket) => void): Promise<string> {
  const server = createServer(onConnect)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address ? `127.0.0.1:${address.port}` : ''
}

const ping = (url: string) => withRedis(url, {}, (redis) => redis.ping())

function withLogin(login: string): string {
  const url = new URL(inject('redisUrl'))
  return `redis://${login}${url.host}${url.pathname}`
}

describe('a connection', () => {
  it('is lent, named, and closed afterwards', async () => {
    let lent: {status: string} | undefined
    const name = await withRedis(inject('redisUrl'), {}, (redis) => {
      lent = redis
      return redis.client('GETNAME')
    })
    expect(name).toBe('qtool')
    await vi.waitFor(() => expect(lent?.status).toBe('end'))
  })

  it('is closed when its user throws, and what is not an error of Redis comes through as it was', async () => {
    let lent: {status: string} | undefined
    const thrown = Object.assign(new Error('of somebody else'), {code: 'ECONNREFUSED'})
    const failed = withRedis(inject('redisUrl'), {}, async (redis) => {
      lent = redis
      throw thrown
    })
    await expect(failed).rejects.toBe(thrown)
    await vi.waitFor(() => expect(lent?.status).toBe('end'))
  })

  it('comes back after a cut', async () => {
    const pong = await withRedis(inject('redisUrl'), {}, async (redis) => {
      redis.stream.destroy()
      return redis.ping()
    })
    expect(pong).toBe('PONG')
  })
})

describe('connecting fails at once and says why', () => {
  it.each([
    [
      'a closed port',
      'redis://:s3cret@127.0.0.1:1',
      'cannot reach Redis at 127.0.0.1:1: connect ECONNREFUSED',
    ],
    [
      'a closed port of both families',
      'redis://localhost:1',
      'cannot reach Redis at localhost:1: connect ECONNREFUSED',
    ],
    [
      'a missing socket',
      'unix:///nowhere/redis.sock',
      'cannot reach Redis at /nowhere/redis.sock: connect ENOENT',
    ],
    ['no sentinel', 'redis+sentinel://:s3cret@127.0.0.1:1/main', 'no sentinel answers: connect ECONNREFUSED'],
  ])('%s', async (_title, url, message) => {
    const stderr = vi.spyOn(console, 'error')
    const started = performance.now()
    const failed = ping(url)
    await expect(failed).rejects.toMatchObject({
      code: 'CONNECT',
      kind: 'connect',
      message: expect.stringContaining(message),
      suggestions: expect.arrayContaining([expect.stringContaining('qtool up')]),
    })
    await expect(failed).rejects.not.toThrow('s3cret')
    expect(performance.now() - started).toBeLessThan(3000)
    expect(stderr).not.toHaveBeenCalled()
    stderr.mockRestore()
  })

  it('a server that never answers, after three seconds', async () => {
    const sockets: Socket[] = []
    const address = await listen((socket) => sockets.push(socket))
    const started = performance.now()
    await expect(ping(`redis://${address}`)).rejects.toThrow(
      `cannot reach Redis at ${address}: no answer within 3 s`,
    )
    expect(performance.now() - started).toBeLessThan(4500)
    for (const socket of sockets) socket.destroy()
  })

  it('something that is no Redis', async () => {
    const address = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await expect(ping(`redis://${address}`)).rejects.toMatchObject({
      code: 'CONNECT',
      message: `cannot reach Redis at ${address}: this is not a Redis server`,
    })
  })

  it('too many clients', async () => {
    const address = await listen((socket) => socket.end('-ERR max number of clients reached\r\n'))
    await expect(ping(`redis://${address}`)).rejects.toMatchObject({code: 'MAXCLIENTS', kind: 'connect'})
  })

  it.each([
    ['no password', '', 'NOAUTH'],
    ['a wrong password', ':s3cret@', 'WRONGPASS'],
  ])('%s', async (_title, login, code) => {
    const failed = ping(withLogin(login))
    await expect(failed).rejects.toMatchObject({code, kind: 'connect'})
    await expect(failed).rejects.not.toThrow('s3cret')
  })

  it('a database that does not exist, instead of using database 0', async () => {
    const url = inject('redisUrl').replace(/\/0$/, '/9999')
    await expect(ping(url)).rejects.toMatchObject({
      kind: 'connect',
      message: expect.stringContaining('answered: ERR DB index is out of range'),
    })
  })

  it('a CA file that cannot be read', async () => {
    await expect(connectRedis('rediss://127.0.0.1:1?ca=/nowhere.pem', {})).rejects.toMatchObject({
      kind: 'usage',
    })
  })
})

describe('errors of commands', () => {
  it('carry the code of Redis and the next action, and not the payload', async () => {
    const key = `test-${crypto.randomUUID()}`
    const failed = withRedis(inject('redisUrl'), {}, async (redis) => {
      await redis.set(key, 'text')
      try {
        await redis.zadd(key, 1, 'the payload')
      } finally {
        await redis.del(key)
      }
    })
    const error: unknown = await failed.catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      code: 'WRONGTYPE',
      kind: 'failure',
      suggestions: [expect.stringContaining('-q')],
    })
    expect(JSON.stringify([error, (error as Error).cause])).not.toContain('the payload')
  })

  it('end a command that a half-open connection would hold for ever', async () => {
    const failed = withRedis(inject('redisUrl'), {commandMs: 200, resend: false}, async (redis) => {
      redis.stream.pause()
      return redis.ping()
    })
    await expect(failed).rejects.toMatchObject({
      code: 'CONNECT',
      message: expect.stringContaining('Command timed out'),
    })
  })
})

describe('a Redis that is reading its file', () => {
  it('is waited for', async () => {
    const server = await startTestRedis(
      'enable-debug-command yes',
      'loading-process-events-interval-bytes 1024',
    )
    const [admin, watcher] = await Promise.all([connectRedis(server.url, {}), connectRedis(server.url, {})])
    try {
      await admin.call('DEBUG', 'POPULATE', '5000')
      // 5,000 keys of 800 µs: longer than qtool waits for a server that does not answer
      await admin.config('SET', 'key-load-delay', '800')
      const reloaded = admin.call('DEBUG', 'RELOAD').catch(() => {})
      await vi.waitFor(async () => expect(await watcher.info('persistence')).toContain('loading:1'))
      const started = performance.now()
      expect(await withRedis(server.url, {}, (redis) => redis.dbsize())).toBe(5000)
      expect(performance.now() - started).toBeGreaterThan(3000)
      await reloaded
    } finally {
      admin.disconnect()
      watcher.disconnect()
      await server.stop()
    }
  })
})
