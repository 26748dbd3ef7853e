import {describe, expect, it} from 'vitest'
import {Letter} from '../../src/queue/letters/letter.ts'
import {discardLetters} from '../../src/queue/letters/purge-letters.ts'
import {restoreLetters} from '../../src/queue/letters/restore-letters.ts'
import {listTrash, newTrashId} from '../../src/queue/trash-list.ts'
import {callsOf} from '../support/calls.ts'
import {useServers} from '../support/context.ts'

const context = useServers()
const {signal} = new AbortController()

describe('discardLetters', () => {
  it('takes those it is given, into one trash', async () => {
    const {keys} = context.newQueue()
    await context.redis.zadd(keys.dead, 1, 'a', 2, 'b', 3, 'c')
    const id = newTrashId()
    const letters = ['a', 'c', 'gone'].map((text) => new Letter(Buffer.from(text), 0))
    expect(await discardLetters(context.redis, keys, id, letters.slice(0, 1))).toBe(1)
    expect(await discardLetters(context.redis, keys, id, letters.slice(1))).toBe(2)
    expect(await context.redis.zrange(keys.dead, '0', '-1')).toEqual(['b'])
    const [trash] = await listTrash(context.redis, keys)
    expect(trash).toMatchObject({id, kind: 'dead', count: 2})
    await restoreLetters(context.redis, keys, trash, signal)
    expect(await context.redis.zrange(keys.dead, '0', '-1', 'WITHSCORES')).toEqual([
      'a',
      '1',
      'b',
      '2',
      'c',
      '3',
    ])
  })
})

it('purges large letters in short calls', async () => {
  const {keys} = context.newQueue()
  const letters = Array.from({length: 20}, (_, i) => new Letter(Buffer.alloc(1024 * 1024, `${i + 10}`), i))
  for (const {member, score} of letters) await context.redis.zadd(keys.dead, score, member)
  const purge = () => discardLetters(context.redis, keys, newTrashId(), letters)
  expect(Math.max(...(await callsOf(context.redis, 'evalsha', purge)))).toBeLessThan(2.1 * 1024 * 1024)
  expect(await context.redis.exists(keys.dead)).toBe(0)
})
