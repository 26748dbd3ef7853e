import {expect, inject, it} from 'vitest'
import {diagnose} from '../../src/doctor/diagnose.ts'
import {rulesFor} from '../support/acl.ts'
import {useServers} from '../support/context.ts'
import {redisFacts} from './examine.ts'

const context = useServers()

it('takes nothing for sound that it may not see', async () => {
  await context.redis.call('ACL', 'SETUSER', 'patient', 'reset', ...rulesFor('doctor'))
  const url = Object.assign(new URL(inject('redisUrl')), {username: 'patient', password: 'only'})
  const {queue, keys} = context.newQueue()
  await context.redis.zadd(keys.ready, Date.now(), '{}')
  try {
    const facts = await redisFacts(url.href, queue)
    expect(facts.redis).toMatchObject({info: null, config: null, clients: null, slowlog: null, groups: null})
    const {findings, level} = diagnose(facts)
    const unknown = findings.filter((one) => one.level === 'unknown').map(({check}) => check)
    expect(unknown).toEqual(expect.arrayContaining(['redis.eviction', 'redis.persistence', 'redis.slowlog']))
    expect(unknown).not.toContain('redis.round-trip')
    expect(unknown.filter((check) => check.startsWith('queue.'))).toEqual([])
    expect(level).not.toBe('critical')
    const eviction = findings.find(({check}) => check === 'redis.eviction')
    expect(eviction).toMatchObject({
      what: expect.stringContaining('NOPERM'),
      fix: expect.stringContaining('+info'),
    })
  } finally {
    await context.redis.call('ACL', 'DELUSER', 'patient')
  }
})
