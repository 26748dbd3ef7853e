import {describe, expect, it} from 'vitest'
import {createRedactor, hasPassword, isLocalUrl, maskSecrets} from '../../src/config/secrets.ts'

describe('maskSecrets', () => {
  it.each([
    ['redis://:s3cret@h:6379/0', 'redis://:****@h:6379/0'],
    ['postgres://u:p%40ss%2Fw@h/db', 'postgres://u:****@h/db'],
    ['redis://u:p@ss@h', 'redis://u:****@h'],
    ['redis://u:pa/ss@h', 'redis://u:****@h'],
    ['redis://u:pa?ss#@h', 'redis://u:****@h'],
    ['got "rediss://u:a\\"b@h" here', 'got "rediss://u:****@h" here'],
    ['redis+sentinel://:pw@h1:1,h2:2/main', 'redis+sentinel://:****@h1:1,h2:2/main'],
    ['POSTGRES://U:PW@h', 'POSTGRES://U:****@h'],
    [
      'postgres://h/db?user=u&password=pw&sslmode=require',
      'postgres://h/db?user=u&password=****&sslmode=require',
    ],
    ["host=h password='a b\\'c' user=u", 'host=h password=**** user=u'],
    ['redis://:a@h1 and postgres://u:b@h2/x', 'redis://:****@h1 and postgres://u:****@h2/x'],
  ])('masks %j', (text, masked) => {
    expect(maskSecrets(text)).toBe(masked)
  })

  it.each(['redis://h:6379/0', 'redis://user@h', 'postgres://h/db?sslmode=require', 'a@b.example'])(
    'leaves %j alone',
    (text) => {
      expect(maskSecrets(text)).toBe(text)
      expect(hasPassword(text)).toBe(false)
    },
  )
})

describe('createRedactor', () => {
  const redact = createRedactor(['redis://u:p%40ss%22w%2F%C3%A9@h/0', 'postgres://h/db?password=qu%20ery'])

  it.each(['p%40ss%22w%2F%C3%A9', 'p@ss"w/é', 'p@ss\\"w/é', 'qu%20ery', 'qu ery'])(
    'masks %j where it stands alone',
    (form) => {
      expect(redact(`before ${form} after`)).toBe('before **** after')
    },
  )

  it('masks the whole of a password that holds another one', () => {
    expect(createRedactor(['redis://:abcd@h', 'redis://:abcdefgh@h'])('is abcdefgh')).toBe('is ****')
  })

  it('keeps words that are also the user or the database, and short ones', () => {
    const text = 'role "postgres" of postgres is no pw'
    expect(createRedactor(['postgres://postgres:postgres@h/x', 'redis://:pw@h'])(text)).toBe(text)
  })

  it('leaves words alone that hold a short password of letters', () => {
    const text = 'tester, latest, contest, Test and étest are words'
    expect(createRedactor(['redis://:test@h'])(text)).toBe(text)
  })

  it.each([
    ['auth test failed', 'auth **** failed'],
    ['test', '****'],
    ['"test"', '"****"'],
    ['redis://:test@h/0', 'redis://:****@h/0'],
    ['user=u:test,x', 'user=u:****,x'],
    ['a\\ntest\\tb', 'a\\n****\\tb'],
    ['%2Ftest%20', '%2F****%20'],
    ['\\u000atest', '\\u000a****'],
    ['\u001b[1mtest\u001b[22m', '\u001b[1m****\u001b[22m'],
    ['test1 1test _test test_', '****1 1**** _**** ****_'],
    ['test test', '**** ****'],
  ])('masks the short password test in %j', (text, masked) => {
    expect(createRedactor(['redis://:test@h'])(text)).toBe(masked)
  })

  it.each(['t3st', 'testtest', 'te-st'])('masks %s inside of words as well', (password) => {
    expect(createRedactor([`redis://:${password}@h`])(`a${password}b`)).toBe('a****b')
  })

  it('takes a password that is not valid percent-encoding as it is', () => {
    expect(createRedactor(['redis://:100%sure@h'])('100%sure')).toBe('****')
  })
})

describe('isLocalUrl', () => {
  it.each([
    'redis://127.0.0.1:6379',
    'redis://:pw@localhost/0',
    'redis://[::1]:6379',
    'redis+sentinel://:pw@127.0.0.1:1,localhost:2,[::1]/main?sentinel-password=x',
    'unix:///run/redis.sock',
    '/run/redis.sock',
    'postgres:///db?host=/tmp',
    'postgres://%2Ftmp/db',
  ])('%s is', (url) => {
    expect(isLocalUrl(url)).toBe(true)
  })

  it.each([
    'redis://cache:6379',
    'redis+sentinel://127.0.0.1:1,cache:2/main',
    'postgres://u:p@10.0.0.1/db',
    'redis://localhost.example.com',
    'redis://127.evil.com',
    'postgres://localhost/db?host=db.example.com',
    'redis+sentinel://h1:1,h2:2/x',
    'nonsense',
  ])('%s is not', (url) => {
    expect(isLocalUrl(url)).toBe(false)
  })
})
