import {afterAll, beforeAll, expect, it} from 'vitest'
import {withRedis} from '../../../src/redis/connect.ts'
import {clientFor} from '../../../src/redis/route.ts'
import {type Certificates, newCertificates} from '../../support/certificates.ts'
import {startTestCluster, type TestCluster} from '../../support/cluster.ts'

let certificates: Certificates
let cluster: TestCluster

beforeAll(async () => {
  certificates = newCertificates()
  const {cert, key} = certificates.issue('server', 'IP:127.0.0.1')
  cluster = await startTestCluster({
    tls: [
      `tls-cert-file ${cert}`,
      `tls-key-file ${key}`,
      `tls-ca-cert-file ${certificates.ca}`,
      'tls-auth-clients optional',
    ],
  })
})
afterAll(async () => {
  await cluster?.stop()
  certificates.remove()
})

const setAll = (query: string) =>
  withRedis(`${cluster.tlsUrl}${query}`, {}, async (redis) => {
    const keys = ['a', 'b', 'c', 'd']
    return Promise.all(
      keys.map(async (key) => {
        const client = await clientFor(redis, key)
        await client.set(key, 1)
        return client.options.tls !== undefined && 'encrypted' in client.stream
      }),
    )
  })

it('is spoken to the nodes that are asked, and to those that they name', async () => {
  expect(await setAll(`?ca=${certificates.ca}`)).toEqual([true, true, true, true])
})

it('cannot be reached without the authority of its certificates', async () => {
  await expect(setAll('')).rejects.toMatchObject({
    code: 'CONNECT',
    suggestions: [expect.stringContaining('ca=PATH')],
  })
})
