import {createHash} from 'node:crypto'
import type {Redis} from 'ioredis'
import {expect, it} from 'vitest'
import {readSlowlog} from '../../src/health/redis-server.ts'
import {composeAll, composeScript} from '../../src/queue/lua-engine.ts'
import {ZSET} from '../../src/queue/zset/zset.ts'
import {defineScript} from '../../src/redis/script.ts'

const sha = (text: string) => createHash('sha1').update(text).digest('hex')

const long = `return '${'x'.repeat(200)}'`
defineScript('mine', 'return 1234')
defineScript('long', long)
defineScript('twin', `${'y'.repeat(128)} 1`)
defineScript('other twin', `${'y'.repeat(128)} 2`)
composeScript('composed', ({kind}) => `return '${kind} and more'`)

/** What is said of a command in the slow log, which keeps 128 bytes of each word. */
async function commandOf(...words: string[]): Promise<string | undefined> {
  const kept = words.map((word) =>
    word.length > 128 ? `${word.slice(0, 128)}... (${word.length - 128} more bytes)` : word,
  )
  const redis = {slowlog: async () => [[7, 1_764_000_000, 1500, kept]]} as unknown as Redis
  return (await readSlowlog(redis))?.at(0)?.command
}

it('names a script of qtool in place of its hash, with the queue it ran on', async () => {
  expect(
    await commandOf('evalsha', sha('return 1234'), '2', 'queue:orders', 'leases:orders', '{"pay":"load"}'),
  ).toBe('script mine queue:orders')
  expect(await commandOf('EVALSHA', sha('return 1234'), '0', '{"pay":"load"}')).toBe('script mine')
})

it('names one that only other processes have run', async () => {
  composeAll(ZSET.lua)
  expect(await commandOf('evalsha', sha("return 'zset and more'"), '0')).toBe('script composed')
})

it('names one that was sent as text, unless several begin like that', async () => {
  expect(await commandOf('eval', long, '1', 'queue:orders')).toBe('script long queue:orders')
  expect(await commandOf('eval', `${'y'.repeat(128)} 1`, '1', 'k')).toMatch(/^EVAL y{128}\.\.\./)
})

it('leaves the scripts and commands of other programs as they are, without their values', async () => {
  expect(await commandOf('evalsha', sha('return 99'), '1', 'k')).toBe(`EVALSHA ${sha('return 99')}`)
  expect(await commandOf('ZADD', 'queue:orders', '1', 'payload')).toBe('ZADD queue:orders')
  expect(await commandOf('INFO')).toBe('INFO')
})
