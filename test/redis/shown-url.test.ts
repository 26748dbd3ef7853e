import {expect, it} from 'vitest'
import {shownRedisUrl} from '../../src/redis/shown-url.ts'

it.each([
  ['redis+cluster://u:pw@a:1,b:2?nat=10.0.0.1:6379=a:1,10.0.0.2:6379=b:2', 'redis+cluster://u:****@a:1,b:2'],
  ['redis+clusters://a:1?ca=/ca.pem&nat=x:1=a:1&db=0', 'redis+clusters://a:1?ca=/ca.pem&db=0'],
  ['redis+clusters://a:1?nat=x:1=a:1&ca=/ca.pem', 'redis+clusters://a:1?ca=/ca.pem'],
  ['redis://:pw@a:1/3', 'redis://:****@a:1/3'],
  ['', ''],
])('shows of %s neither the password nor the NAT map', (url, shown) => {
  expect(shownRedisUrl(url)).toBe(shown)
})
