import {describe, expect, it} from 'vitest'
import {renderDown, renderStack} from '../../src/render/stack.ts'
import type {ServerView} from '../../src/stack/view.ts'

const redis: ServerView = {
  running: true,
  version: 'Valkey 8.1.1',
  url: 'redis://:****@127.0.0.1:7001/0',
  port: 7001,
  pid: 42,
  folder: '/data/redis',
  log: '/data/redis.log',
  dataBytes: 2048,
}

const NO_SENTINELS = {replica: null, sentinels: [], sentinelUrl: null, nodes: [], clusterUrl: null}

describe('the local stack as text', () => {
  it('has a block for each server', () => {
    const postgres = {...redis, running: false, version: 'PostgreSQL 18.4', pid: null, url: 'postgres://x'}
    expect(renderStack({...NO_SENTINELS, running: false, redis, postgres, startedAt: null})).toBe(`Redis
 state    running, process 42
 version  Valkey 8.1.1
 url      redis://:****@127.0.0.1:7001/0
 data     /data/redis, 2.0 KiB
 log      /data/redis.log

Postgres
 state    down
 version  PostgreSQL 18.4
 url      postgres://x
 data     /data/redis, 2.0 KiB
 log      /data/redis.log`)
  })

  it('names the next action where there is none', () => {
    expect(renderStack({...NO_SENTINELS, running: false, redis: null, postgres: null, startedAt: null})).toBe(
      'no local stack yet; qtool up creates one',
    )
  })
})

describe('what down did as text', () => {
  it('names what was stopped and what was removed', () => {
    expect(renderDown({stopped: ['postgres', 'redis'], removed: ['/data/redis']})).toBe(
      'stopped postgres and redis\nremoved /data/redis',
    )
    expect(renderDown({stopped: [], removed: []})).toBe('no local stack was running')
  })
})
