import {createServer} from 'node:net'
import {afterEach, describe, expect, it, onTestFinished} from 'vitest'
import {listen, type MetricsServer} from '../../src/metrics/listen.ts'
import {Readiness} from '../../src/metrics/readiness.ts'

const servers: MetricsServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function serving(readiness: Readiness, text = async () => 'a 1\n') {
  const server = await listen({host: '127.0.0.1', port: 0}, {text, failed: () => readiness.failed()})
  servers.push(server)
  return (path: string, init?: RequestInit) => fetch(server.url + path, init)
}

function started(signal = new AbortController().signal): Readiness {
  const readiness = new Readiness(signal)
  readiness.started()
  return readiness
}

describe('the server of metrics', () => {
  it('answers with the text, and says its format', async () => {
    const get = await serving(started())
    const response = await get('/metrics?x=1')
    expect([response.status, await response.text()]).toEqual([200, 'a 1\n'])
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  })

  it('is ready between start and stop, and alive all the time', async () => {
    const stop = new AbortController()
    const readiness = new Readiness(stop.signal)
    const get = await serving(readiness)
    const states: unknown[] = []
    const look = async () => {
      const ready = await get('/readyz')
      states.push([ready.status, await ready.json(), (await get('/healthz')).status])
    }
    await look()
    readiness.started()
    await look()
    stop.abort()
    await look()
    expect(states).toEqual([
      [503, {status: 'not ready', failed: [{check: 'worker', reason: 'is starting'}]}, 200],
      [200, {status: 'ready'}, 200],
      [503, {status: 'not ready', failed: [{check: 'worker', reason: 'is stopping'}]}, 200],
    ])
  })

  it('is not ready while a breaker is not closed', async () => {
    const readiness = started()
    const get = await serving(readiness)
    readiness.breaker('postgres', 'open')
    readiness.breaker('redis', 'half-open')
    expect(await (await get('/readyz')).json()).toEqual({
      status: 'not ready',
      failed: [
        {check: 'postgres', reason: 'is unreachable'},
        {check: 'redis', reason: 'was unreachable and is being probed'},
      ],
    })
    readiness.breaker('postgres', 'closed')
    readiness.breaker('redis', 'closed')
    expect((await get('/readyz')).status).toBe(200)
  })

  it('knows no other path and no other method', async () => {
    const get = await serving(started())
    expect((await get('/')).status).toBe(404)
    expect((await get('/metrics', {method: 'POST'})).status).toBe(405)
    const head = await get('/metrics', {method: 'HEAD'})
    expect([head.status, await head.text(), head.headers.get('content-length')]).toEqual([200, '', '4'])
  })

  it('answers with 500 if the metrics cannot be read, and goes on', async () => {
    const get = await serving(started(), async () => {
      throw new Error('no')
    })
    expect((await get('/metrics')).status).toBe(500)
    expect((await get('/healthz')).status).toBe(200)
  })

  it('says which port is taken', async () => {
    const other = createServer()
    onTestFinished(() => void other.close())
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as {port: number}).port))
    })
    const told = {text: async () => '', failed: () => []}
    await expect(listen({host: '127.0.0.1', port}, told)).rejects.toMatchObject({
      code: 'METRICS_PORT',
      message: expect.stringContaining(`127.0.0.1, port ${port}`),
    })
  })
})
