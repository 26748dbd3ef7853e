import {createConnection} from 'node:net'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {startServe, type TestApi, TOKEN} from '../support/serve.ts'

let api: TestApi
beforeAll(async () => {
  api = await startServe({allowedHosts: ['queues.example.com', 'other.example.com:444']})
})
afterAll(() => api.stop())

const without = {authorization: ''}

it('answers the probes without a token, and nothing else', async () => {
  expect((await api.ask('/healthz', {headers: without})).status).toBe(200)
  expect((await api.ask('/readyz', {headers: without})).status).toBe(200)
  for (const path of ['/health', '/openapi.json', '/nowhere', '/healthz/..', '//healthz', '/healthz%2f']) {
    expect([path, (await api.ask(path, {headers: without})).status]).toEqual([path, 401])
  }
})

it.each([
  ['Bearer wrong'],
  [`Bearer ${TOKEN}x`],
  [`Bearer ${TOKEN.slice(0, -1)}`],
  [`Basic ${TOKEN}`],
  [TOKEN],
  ['Bearer'],
  ['Bearer undefined'],
])('refuses the Authorization %j', async (authorization) => {
  const {status, headers, json} = await api.ask('/health', {headers: {authorization}})
  expect([status, json.error.code]).toEqual([401, 'UNAUTHORIZED'])
  expect(headers['www-authenticate']).toMatch(/^Bearer/)
  expect(JSON.stringify(json)).not.toContain(TOKEN)
})

it('takes the token in any spelling of the scheme', async () => {
  expect((await api.ask('/openapi.json', {headers: {authorization: `bearer ${TOKEN}`}})).status).toBe(200)
})

it('does not take the token from the address or a cookie', async () => {
  const headers = {authorization: '', cookie: `token=${TOKEN}`}
  expect((await api.ask(`/health?token=${TOKEN}&access_token=${TOKEN}`, {headers})).status).toBe(401)
})

it.each([
  ['evil.example.com'],
  ['evil.example.com:80'],
  ['127.0.0.1'],
  ['127.0.0.1:1'],
  ['127.0.0.1.nip.io'],
  ['other.example.com'],
  ['localhost'],
  ['queues.example.com.evil.net'],
  ['localhost:@evil'],
])('refuses the Host %s, to which a foreign page could lead', async (host) => {
  for (const path of ['/health', '/', '/nowhere']) {
    const {status, json} = await api.ask(path, {headers: {host}})
    expect([path, status, json.error.code]).toEqual([path, 403, 'HOST'])
  }
})

it('refuses a request without a Host', async () => {
  const socket = createConnection(api.port, '127.0.0.1')
  socket.end(`GET /health HTTP/1.0\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`)
  let text = ''
  for await (const chunk of socket) text += chunk
  expect(text).toMatch(/^HTTP\/1\.1 403 /)
})

it('answers under its own address, under localhost and under the names that it was given', async () => {
  const hosts = [
    `127.0.0.1:${api.port}`,
    `localhost:${api.port}`,
    'queues.example.com',
    'other.example.com:444',
  ]
  for (const host of [...hosts, 'QUEUES.example.com:9']) {
    expect([host, (await api.ask('/openapi.json', {headers: {host}})).status]).toEqual([host, 200])
  }
})

it.each([
  ['Sec-Fetch-Site', 'cross-site'],
  ['Sec-Fetch-Site', 'same-site'],
  ['Origin', 'http://evil.example.com'],
  ['Origin', 'null'],
])('refuses a request with %s: %s even with the token', async (name, value) => {
  for (const method of ['GET', 'POST', 'DELETE']) {
    const {status, json} = await api.ask('/health', {method, headers: {[name]: value}})
    expect([method, status, json.error.code]).toEqual([method, 403, 'CROSS_SITE'])
  }
})

it('takes requests of its own page', async () => {
  const own = {origin: `http://127.0.0.1:${api.port}`, 'sec-fetch-site': 'same-origin'}
  expect((await api.ask('/openapi.json', {headers: own})).status).toBe(200)
})

it('gives no other site permission to read an answer', async () => {
  for (const method of ['GET', 'OPTIONS']) {
    const {headers} = await api.ask('/openapi.json', {
      method,
      headers: {'access-control-request-method': 'POST'},
    })
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['cross-origin-resource-policy']).toBe('same-origin')
  }
})

it('slows down whoever guesses tokens, and not those who know it', async () => {
  const own = await startServe()
  const statuses: number[] = []
  for (let i = 0; i < 60; i++) {
    statuses.push((await own.ask('/health', {headers: {authorization: `Bearer guess-${i}`}})).status)
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(50)
  expect(statuses.at(-1)).toBe(429)
  expect((await own.ask('/openapi.json')).status).toBe(200)
  await own.stop()
})
