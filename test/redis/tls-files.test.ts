import {describe, expect, it} from 'vitest'
import Peek from '../../src/commands/peek.ts'
import {withRedis} from '../../src/redis/connect.ts'
import {runCommand} from '../support/run-command.ts'

const VARIABLES = ['QTOOL_REDIS_CA', 'QTOOL_REDIS_CERT', 'QTOOL_REDIS_KEY']

describe('a file for TLS', () => {
  it.each(VARIABLES)('of %s is refused where the connection has no TLS', async (variable) => {
    const env = {REDIS_URL: 'redis://127.0.0.1:1', [variable]: '/ca.pem'}
    const {code, stderr} = await runCommand(Peek, [], env)
    expect(code).toBe(2)
    expect(stderr).toContain(`${variable} does nothing for a Redis URL without TLS`)
    expect(stderr).toContain(
      `write rediss:// for TLS, or redis+clusters:// for a cluster with TLS, or unset ${variable}`,
    )
  })

  it.each(['unix:///tmp/redis.sock', 'redis+sentinel://127.0.0.1:1/primary'])(
    'is refused beside %s, which has none either',
    async (url) => {
      const {code, stderr} = await runCommand(Peek, ['--redis-url', url], {QTOOL_REDIS_CA: '/ca.pem'})
      expect(code).toBe(2)
      expect(stderr).toContain('QTOOL_REDIS_CA does nothing')
    },
  )

  it.each([
    ['cert', 'key'],
    ['key', 'cert'],
  ])('%s is refused without the %s that belongs to it', async (given, missing) => {
    const connected = withRedis(`rediss://127.0.0.1:1?${given}=/client.pem`, {}, async () => {})
    await expect(connected).rejects.toMatchObject({
      kind: 'usage',
      suggestions: [
        expect.stringMatching(new RegExp(`QTOOL_REDIS_${missing.toUpperCase()}.*\\?${missing}=`)),
      ],
    })
  })
})
