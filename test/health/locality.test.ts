import {expect, it} from 'vitest'
import {isLoopback} from '../../src/health/locality.ts'

it.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost', '::ffff:127.0.0.1'])(
  'takes %s for this machine',
  (host) => {
    expect(isLoopback(host)).toBe(true)
  },
)

it.each(['', '10.0.0.1', '128.0.0.1', '127.0.0.1.example.org', 'db', '::2'])(
  'does not take %j for this machine',
  (host) => {
    expect(isLoopback(host)).toBe(false)
  },
)
