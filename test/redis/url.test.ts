import {describe, expect, it} from 'vitest'
import {describeTarget, parseRedisUrl} from '../../src/redis/url.ts'

describe('parseRedisUrl', () => {
  it.each([
    ['redis://h', {addresses: [{host: 'h', port: 6379}], db: 0, tls: false}],
    ['redis://h:1/2', {addresses: [{host: 'h', port: 1}], db: 2}],
    ['redis://', {addresses: [{host: 'localhost', port: 6379}]}],
    ['redis://[::1]:7/', {addresses: [{host: '::1', port: 7}], db: 0}],
    ['redis://u:p%40ss%2Fw@h?db=3', {username: 'u', password: 'p@ss/w', db: 3}],
    ['redis://:a:b@h', {username: undefined, password: 'a:b'}],
    [
      'rediss://h?ca=/ca.pem&cert=/c.pem&key=/k.pem',
      {tls: true, ca: '/ca.pem', cert: '/c.pem', key: '/k.pem'},
    ],
    ['unix:///run/redis.sock?db=1', {path: '/run/redis.sock', addresses: [], db: 1}],
    ['/run/redis.sock', {path: '/run/redis.sock'}],
    [
      'redis+sentinel://:pw@a,b:7/main?db=2',
      {
        addresses: [
          {host: 'a', port: 26379},
          {host: 'b', port: 7},
        ],
        sentinelName: 'main',
        password: 'pw',
        db: 2,
      },
    ],
  ])('takes %s apart', (url, target) => {
    expect(parseRedisUrl(url)).toMatchObject(target)
  })

  it.each([
    'http://u:s3cret@h',
    'h:6379',
    '',
    'redis://h/x',
    'redis://h:0',
    'redis://h:70000',
    'redis://u:s3cret/x@h',
    'redis://:s3cret@h/1/2',
    'redis://:s3cret%zz@h',
    'redis://:s3cret@h1,h2',
    'redis://:s3cret@h?ssl_cert_reqs=none',
    'redis+sentinel://:s3cret@h',
    'redis+cluster://:s3cret@h1,h2',
    'rediss+cluster://:s3cret@h1,h2',
    'redis-cluster://:s3cret@h1,h2',
    'redis://:s3cret@h?ca=/ca.pem',
    'redis+sentinel://:s3cret@h/main?cert=/c.pem',
    'unix:///run/redis.sock?key=/k.pem',
    'redis://:s3cret@h/1?db=2',
    'redis://:s3cret@h?db=1&db=2',
  ])('refuses %s, without its password', (url) => {
    try {
      parseRedisUrl(url)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({kind: 'usage'})
      expect(String(error)).not.toContain('s3cret')
    }
  })
})

describe('the refusal of a Redis URL', () => {
  it.each(['redis+cluster', 'rediss+cluster', 'redis-cluster'])('names Redis Cluster for %s', (scheme) => {
    expect(() => parseRedisUrl(`${scheme}://h1,h2`)).toThrow('Redis Cluster is not supported yet')
  })

  it('says that files for TLS do nothing without TLS', () => {
    expect(() => parseRedisUrl('redis://h?ca=/ca.pem')).toThrow(/without TLS/)
  })
})

describe('describeTarget', () => {
  it.each([
    ['redis://u:pw@h/1', 'h:6379'],
    ['redis://[::1]:7', '[::1]:7'],
    ['unix:///run/r.sock', '/run/r.sock'],
    ['redis+sentinel://a,b:7/main', 'a:26379,b:7 (primary main)'],
  ])('%s is %s', (url, text) => {
    expect(describeTarget(parseRedisUrl(url))).toBe(text)
  })
})
