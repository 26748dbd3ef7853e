import {describe, expect, it} from 'vitest'
import type {QtoolError} from '../../src/errors.ts'
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
    [
      'redis+cluster://u:pw@a,b:7/?nat=10.0.0.1:6379=localhost:7001,%5B::1%5D:1=b',
      {
        addresses: [
          {host: 'a', port: 6379},
          {host: 'b', port: 7},
        ],
        ...{username: 'u', password: 'pw', db: 0, tls: false},
        nat: new Map([
          ['10.0.0.1:6379', {host: 'localhost', port: 7001}],
          ['::1:1', {host: 'b', port: 6379}],
        ]),
      },
    ],
    ['redis+cluster://h/0', {db: 0, nat: new Map()}],
    ['redis+clusters://h?ca=/ca.pem', {tls: true, ca: '/ca.pem', nat: new Map()}],
    [
      'redis+sentinels://:pw@a/main?ca=/ca.pem&sentinel-user=u&sentinel-password=p+s%2Fw',
      {
        addresses: [{host: 'a', port: 26379}],
        password: 'pw',
        sentinelLogin: {username: 'u', password: 'p+s/w'},
        tls: true,
        ca: '/ca.pem',
      },
    ],
    ['rediss://h?ca=/a+b.pem', {ca: '/a+b.pem'}],
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
    'redis+cluster://:s3cret@h1,h2/1',
    'redis+cluster://:s3cret@h1?db=2',
    'redis+cluster://:s3cret@h1?nat=a=b:1',
    'redis+cluster://:s3cret@h1?nat=a:1',
    'redis+cluster://:s3cret@h1?nat=a:1=b:2:3',
    'redis+cluster://:s3cret@h1?ca=/ca.pem',
    'redis://:s3cret@h1?nat=a:1=b:2',
    'rediss+cluster://:s3cret@h1,h2',
    'redis-cluster://:s3cret@h1,h2',
    'redis://:s3cret@h?ca=/ca.pem',
    'redis+sentinel://:s3cret@h/main?cert=/c.pem',
    'redis://h?sentinel-password=s3cret',
    'redis+sentinels://:s3cret@h',
    'redis+sentinel://h/main?sentinel-password=s3cret&sentinel-pass=s3cret',
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
  it.each(['rediss+cluster', 'redis-cluster'])('shows how to name a cluster for %s', (scheme) => {
    expect(() => parseRedisUrl(`${scheme}://h1,h2`)).toThrow('redis+cluster://host1:6379,host2:6379')
  })

  it.each([
    ['redis+sentinel://h1,h2', 'NAME is the name of the primary'],
    ['redis+clustre://h', 'known are redis://'],
    ['redi://h', 'known are redis://'],
    ['redis://u:p/x@h', 'percent-encoded'],
  ])('of %s says what to do', (url, advice) => {
    try {
      parseRedisUrl(url)
      expect.unreachable()
    } catch (error) {
      expect((error as QtoolError).suggestions?.join()).toContain(advice)
    }
  })

  it('says that a cluster has one database', () => {
    expect(() => parseRedisUrl('redis+cluster://h/3')).toThrow('database 0')
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
    ['redis+cluster://:pw@a,b:7', 'a:6379,b:7 (cluster)'],
    ['redis+cluster://a,b:7,c', 'a:6379 and 2 more nodes (cluster)'],
  ])('%s is %s', (url, text) => {
    expect(describeTarget(parseRedisUrl(url))).toBe(text)
  })
})
