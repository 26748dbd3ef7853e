import {afterAll, beforeAll, expect, it} from 'vitest'
import {withRedis} from '../../src/redis/connect.ts'
import {freePort} from '../../src/stack/process.ts'
import {type Certificates, newCertificates, type Pair} from '../support/certificates.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'

let certificates: Certificates
let other: Certificates
let client: Pair
let server: TestServer
let port: number

beforeAll(async () => {
  certificates = newCertificates()
  other = newCertificates()
  const {cert, key} = certificates.issue('server', 'IP:127.0.0.1')
  client = certificates.issue('client', 'DNS:client')
  port = await freePort()
  server = await startTestRedis(
    `tls-port ${port}`,
    `tls-cert-file ${cert}`,
    `tls-key-file ${key}`,
    `tls-ca-cert-file ${certificates.ca}`,
    'tls-auth-clients optional',
  )
})

afterAll(async () => {
  await server?.stop()
  certificates?.remove()
  other?.remove()
})

const ping = (query: string, host = '127.0.0.1') =>
  withRedis(`rediss://:test@${host}:${port}/0${query}`, {}, (redis) => redis.ping())

it('is spoken to a server whose authority is named, by its URL or the settings', async () => {
  expect(await ping(`?ca=${certificates.ca}`)).toBe('PONG')
  const options = {tls: {ca: certificates.ca}}
  const url = `rediss://:test@127.0.0.1:${port}`
  expect(await withRedis(url, options, (redis) => redis.ping())).toBe('PONG')
})

it('is spoken with a certificate of the client', async () => {
  expect(await ping(`?ca=${certificates.ca}&cert=${client.cert}&key=${client.key}`)).toBe('PONG')
})

it.each([
  ['no authority is named', () => '', '127.0.0.1'],
  ['another authority is named', () => `?ca=${other.ca}`, '127.0.0.1'],
  ['the certificate is for another host', () => `?ca=${certificates.ca}`, 'localhost'],
])('cannot be reached where %s', async (_title, query, host) => {
  await expect(ping(query(), host)).rejects.toMatchObject({
    code: 'CONNECT',
    kind: 'connect',
    suggestions: [expect.stringContaining('ca=PATH')],
  })
})
