import {expect, it} from 'vitest'
import {editLetters, undoEdit} from '../../../src/queue/letters/edit-letters.ts'
import {Letter} from '../../../src/queue/letters/letter.ts'
import {listTrash} from '../../../src/queue/trash-list.ts'
import type {QueueKeys} from '../../../src/redis/keys.ts'
import {callsOf} from '../../support/calls.ts'
import {useServers} from '../../support/context.ts'

const context = useServers()
const MIB = 1024 * 1024
const run = {trash: 'abc', by: 'me@here', at: 1.8e12}

it('tells the letters as they are now, and leaves out those that are gone', async () => {
  const {keys} = context.newQueue()
  await context.redis.zadd(keys.dead, 5, '{"a":1}')
  const edits = ['{"a":1}', '{"gone":1}'].map((text) => ({
    letter: new Letter(Buffer.from(text), 5),
    item: Buffer.from('{"a":2}'),
  }))
  const letters = await editLetters(context.redis, keys, run, edits.slice(0, 1))
  expect(letters.map(({id}) => id)).toEqual([new Letter(Buffer.from('{"a":2}'), 5).id])
  expect(letters[0].id).not.toBe(edits[0].letter.id)
  expect(await context.redis.zrange(keys.dead, '0', '-1', 'WITHSCORES')).toEqual(['{"a":2}', '5'])
  await context.redis.del(keys.dead)
  expect(await editLetters(context.redis, keys, run, edits.slice(1))).toEqual([])
})

it('sends large letters in calls of their own', async () => {
  const {keys} = context.newQueue()
  const edits = Array.from({length: 12}, (_, i) => {
    const member = Buffer.from(`{"n":${i},"x":"${'x'.repeat(MIB)}"}`)
    return {letter: new Letter(member, i), item: member}
  })
  for (const {letter} of edits) await context.redis.zadd(keys.dead, letter.score, letter.member)
  const bytes = await callsOf(context.redis, 'evalsha', () => editLetters(context.redis, keys, run, edits))
  expect(Math.max(...bytes)).toBeLessThan(3 * MIB)
})

it('leaves a letter that would become the same as another: the two would be one', async () => {
  const {keys} = context.newQueue()
  const texts = ['{"points":[{"a":1}],"reason":"x"}', '{"points":[{"a":2}],"reason":"x"}']
  await context.redis.zadd(keys.dead, 1, texts[0], 2, texts[1])
  const letter = new Letter(Buffer.from(texts[0]), 1)
  expect(
    await editLetters(context.redis, keys, run, [{letter, item: Buffer.from('{"points":[{"a":2}]}')}]),
  ).toEqual([])
  expect(await context.redis.zrange(keys.dead, '0', '-1')).toEqual(texts)
})

/** Replaces the text of a letter, with a trash of its own. */
const edit = (keys: QueueKeys, trash: string, from: string, to: string) =>
  editLetters(context.redis, keys, {...run, trash}, [
    {letter: new Letter(Buffer.from(from), 5), item: Buffer.from(to)},
  ])
const undo = (keys: QueueKeys, id: string) => undoEdit(context.redis, keys, id, new AbortController().signal)
const texts = (keys: QueueKeys) => context.redis.zrange(keys.dead, '0', '-1')

it('keeps what an edit replaced until the edits after it are undone', async () => {
  const {keys} = context.newQueue()
  await context.redis.zadd(keys.dead, 5, '{"a":1}', 6, '{"a":"x"}')
  await edit(keys, 'first', '{"a":1}', '{"a":2}')
  await edit(keys, 'first', '{"a":"x"}', '{"a":"y"}')
  await edit(keys, 'second', '{"a":2}', '{"a":3}')
  expect(await undo(keys, 'first')).toBe(1)
  expect(await texts(keys)).toEqual(['{"a":3}', '{"a":"x"}'])
  const left = (await listTrash(context.redis, keys)).map(({id, kind, count}) => ({id, kind, count}))
  expect(left).toContainEqual({id: 'first', kind: 'edit', count: 1})
  expect(await undo(keys, 'second')).toBe(1)
  expect(await undo(keys, 'first')).toBe(1)
  expect(await texts(keys)).toEqual(['{"a":1}', '{"a":"x"}'])
  expect(await context.redis.exists(keys.trash, keys.trashed('first'), keys.trashed('second'))).toBe(0)
})

it('leaves a letter whose old text has come again: undone, the two would be one', async () => {
  const {keys} = context.newQueue()
  await context.redis.zadd(keys.dead, 5, '{"a":1}')
  await edit(keys, 'first', '{"a":1}', '{"a":2}')
  await context.redis.zadd(keys.dead, 7, '{"a":1}')
  expect(await undo(keys, 'first')).toBe(0)
  expect(await texts(keys)).toEqual(['{"a":2}', '{"a":1}'])
})
