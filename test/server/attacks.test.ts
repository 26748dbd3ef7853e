import {createConnection} from 'node:net'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {push, useServers} from '../support/context.ts'
import {startServe, type TestApi, TOKEN} from '../support/serve.ts'

const context = useServers()
let api: TestApi
beforeAll(async () => {
  api = await startServe()
})
afterAll(() => api.stop())

/** Sends bytes and returns all that comes back. */
async function raw(text: string): Promise<string> {
  const socket = createConnection(api.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.end(text)
  let answer = ''
  try {
    for await (const chunk of socket) answer += chunk
  } catch {
    // A connection that is reset has been refused as well
  }
  return answer
}

const head = () => `Host: 127.0.0.1:${api.port}\r\nAuthorization: Bearer ${TOKEN}\r\nConnection: close\r\n`

it.each([
  '/assets/../package.json',
  '/assets/..%2fpackage.json',
  '/assets/%2e%2e/%2e%2e/package.json',
  '/assets/..\\package.json',
  '/assets//etc/passwd',
  '/assets/....//....//etc/passwd',
  '/assets/index.html%00.js',
  '/assets/__proto__',
  '/assets/constructor',
  '//evil.example.com/assets/main.js',
])('serves no file but those of the page: %s', async (path) => {
  const answer = await raw(`GET ${path} HTTP/1.1\r\n${head()}\r\n`)
  expect(answer).toMatch(/^HTTP\/1\.1 (404|400) /)
  expect(answer).not.toMatch(/"name": ?"qtool"|root:/)
})

it.each([
  '/%',
  '/%c0%af',
  '/queue/%ff/status',
  '/queue/%00/status',
  `/queue/${'a'.repeat(600)}/status`,
  '/queue/__proto__/status',
  '/queue/constructor/status',
])('refuses the address %s in its own form', async (path) => {
  const {status, json} = await api.ask(path)
  expect([400, 404, 414]).toContain(status)
  expect(json.error.code).toMatch(/^[A-Z_]+$/)
})

it.each([
  ['limit=0'],
  ['limit=-1'],
  ['limit=1e9'],
  ['limit=999999999999999999999'],
  ['limit=NaN'],
  ['limit=1&limit=2'],
  ['limit[]=1'],
  ['unknown=1'],
  ['__proto__=1'],
  ['constructor=1'],
  [Array.from({length: 1000}, (_, i) => `p${i}=1`).join('&')],
  [`where=${'('.repeat(9000)}`],
  [`where=${'x'.repeat(10_001)}`],
  [`where=${encodeURIComponent(`text:"${'a*'.repeat(2000)}b"`)}`],
])('answers strange query %# in time, with an error or not', async (query) => {
  const {queue, keys} = context.newQueue()
  await context.redis.zadd(keys.dead, 1.7e12, `{"x":"${'a'.repeat(50_000)}"}`)
  const {status, json} = await api.ask(`/queue/${queue}/dead-letters?${query}`)
  expect(status).toBeLessThan(500)
  if (status !== 200) expect(json.error.code).toBe('USAGE')
})

it.each([
  ['{"__proto__":{"forMs":1}}'],
  ['{"constructor":{"prototype":{"forMs":1}}}'],
  ['{"forMs":1,"unknown":2}'],
  ['{"forMs":"1"}'],
  ['{"forMs":-1}'],
  ['{"forMs":1e400}'],
  ['{"forMs":1e300}'],
  ['[]'],
  ['"text"'],
  ['{"forMs":1'],
  ['['.repeat(500_000)],
  [`${'['.repeat(100_000)}${']'.repeat(100_000)}`],
])('refuses strange body %#, and changes nothing', async (body) => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}'])
  const headers = {'content-type': 'application/json'}
  const {status, json} = await api.ask(`/queue/${queue}/pause`, {method: 'POST', headers, body})
  expect([status, json.error.code]).toEqual([400, 'USAGE'])
  expect(await context.redis.exists(keys.paused)).toBe(0)
  expect(({} as {forMs?: number}).forMs).toBeUndefined()
})

it.each([
  [
    'a second length',
    'POST /queue/x/resume HTTP/1.1\r\nHEADContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef',
  ],
  [
    'a length beside chunks',
    'POST /queue/x/resume HTTP/1.1\r\nHEADContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['a header of 100 KiB', `GET /health HTTP/1.1\r\nHEADX-Large: ${'x'.repeat(100_000)}\r\n\r\n`],
  ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['a line break in a header', 'GET /health HTTP/1.1\r\nHEADX-Bad: a\nb: c\r\r\n\r\n'],
])('refuses %s', async (_, text) => {
  const answer = await raw(text.replace('HEAD', head()))
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d .*"error":\{"code":"[A-Z_]+"/s)
  expect((await api.ask('/healthz')).status).toBe(200)
})

it('says nothing of its secrets in any error', async () => {
  const answers = await Promise.all(
    ['/nowhere', '/queue/%00/status', `/queue/x/dead-letters?where=${TOKEN}(`].map((path) => api.ask(path)),
  )
  for (const {text, headers} of answers) {
    expect(text).not.toMatch(/node_modules|\.ts:|at \w+ \(|redis:\/\/|postgres:\/\//)
    expect(headers.server ?? headers['x-powered-by']).toBeUndefined()
  }
})
