import {afterAll, beforeAll, expect, it} from 'vitest'
import Queues from '../../src/commands/queues.ts'
import {withRedis} from '../../src/redis/connect.ts'
import {freePort} from '../../src/stack/process.ts'
import {type Certificates, newCertificates} from '../support/certificates.ts'
import {runCommand} from '../support/run-command.ts'
import {startSentinel, type TestSentinel} from '../support/sentinel.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'

let certificates: Certificates
let server: TestServer
let sentinel: TestSentinel
let tlsPort: number

beforeAll(async () => {
  certificates = newCertificates()
  const {cert, key} = certificates.issue('server', 'IP:127.0.0.1')
  tlsPort = await freePort()
  server = await startTestRedis(
    `tls-port ${tlsPort}`,
    `tls-cert-file ${cert}`,
    `tls-key-file ${key}`,
    `tls-ca-cert-file ${certificates.ca}`,
  )
  sentinel = await startSentinel(server.port, {quorum: 1})
})

afterAll(async () => {
  await sentinel?.stop()
  await server?.stop()
  certificates?.remove()
})

const connect = (url: string) => withRedis(url, {}, (redis) => redis.ping())

it.concurrent.each([
  ['redis', 'rediss', ''],
  ['redis+cluster', 'redis+clusters', ' (cluster)'],
  ['redis+sentinel', 'redis+sentinels', ' (primary main)'],
])('says that a port speaks TLS which %s:// takes for a plain one', async (scheme, right, named) => {
  const path = scheme === 'redis+sentinel' ? '/main' : ''
  await expect(connect(`${scheme}://:s3cret@127.0.0.1:${tlsPort}${path}`)).rejects.toMatchObject({
    kind: 'usage',
    message: `Redis at 127.0.0.1:${tlsPort}${named} speaks TLS at this port`,
    suggestions: [`write ${right}:// in place of ${scheme}://`],
  })
})

it.concurrent.each([
  ['rediss', 'redis', ''],
  ['redis+clusters', 'redis+cluster', ' (cluster)'],
  ['redis+sentinels', 'redis+sentinel', ' (primary main)'],
])(
  'says that a port does not speak TLS which %s:// takes for one that does',
  async (scheme, right, named) => {
    const port = scheme === 'redis+sentinels' ? sentinel.port : server.port
    const path = scheme === 'redis+sentinels' ? '/main' : ''
    await expect(connect(`${scheme}://:s3cret@127.0.0.1:${port}${path}`)).rejects.toMatchObject({
      kind: 'usage',
      message: `Redis at 127.0.0.1:${port}${named} does not speak TLS at this port`,
      suggestions: [`write ${right}:// in place of ${scheme}://, or name its port for TLS`],
    })
  },
)

it('leaves a port alone at which nobody listens', async () => {
  for (const scheme of ['redis', 'rediss']) {
    await expect(connect(`${scheme}://127.0.0.1:${await freePort()}`)).rejects.toMatchObject({
      code: 'CONNECT',
      message: expect.stringContaining('ECONNREFUSED'),
    })
  }
})

it('says that a sentinel is one, and how to name the primary that it watches', async () => {
  const {code, stderr} = await runCommand(Queues, [], {REDIS_URL: `redis://127.0.0.1:${sentinel.port}`})
  expect({code, stderr}).toEqual({
    code: 2,
    stderr:
      `qtool: expected a Redis server at 127.0.0.1:${sentinel.port}, but a sentinel answered\n` +
      `  → write redis+sentinel://127.0.0.1:${sentinel.port}/main in place of redis://\n`,
  })
})
