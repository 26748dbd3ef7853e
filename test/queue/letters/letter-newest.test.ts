import {expect, it} from 'vitest'
import {newestLetters} from '../../../src/queue/letters/letter-newest.ts'
import {useServers} from '../../support/context.ts'

const context = useServers()

async function newest(key: string, most: number): Promise<string[]> {
  const found: string[] = []
  for await (const page of newestLetters(context.redis, key, {most}))
    found.push(...page.map(({member}) => member.toString()))
  return found
}

/** Letters of a few moments: more of each than a page holds. */
async function momentsOf(counts: number[]) {
  const at = context.newQueue()
  const expected: string[] = []
  for (const [moment, count] of counts.entries()) {
    const members = Array.from({length: count}, (_, i) => `${moment}:${String(i).padStart(4, '0')}`)
    await context.redis.zadd(at.keys.dead, ...members.flatMap((member) => [1.7e12 + moment, member]))
    expected.unshift(...members.reverse())
  }
  return {...at, expected}
}

it('reads from the newest back, each once, also many of one moment', async () => {
  const {keys, expected} = await momentsOf([700, 3, 1201, 1, 500])
  expect(await newest(keys.dead, 10_000)).toEqual(expected)
})

it('reads no more than it is asked for', async () => {
  const {keys, expected} = await momentsOf([700, 900])
  expect(await newest(keys.dead, 1100)).toEqual(expected.slice(0, 1100))
})

it('reads those whose time nobody knows last, and those at the ends of a range once', async () => {
  const {keys} = context.newQueue()
  const times = {ns: 1.7e18, us: 1.7e15, late: 9_999_999_999_999, ms: 1e12, s: 1e9}
  const others = {endless: '+inf', huge: 1e19, between: 1e13, more: 1e10, small: 999_999_999, none: '-inf'}
  for (const [member, score] of Object.entries({...times, ...others}))
    await context.redis.zadd(keys.dead, score, member)
  expect(await newest(keys.dead, 100)).toEqual([...Object.keys(times), ...Object.keys(others)])
})

it('leaves out letters that come in meanwhile', async () => {
  const {keys, expected} = await momentsOf([700, 900])
  const found: string[] = []
  for await (const page of newestLetters(context.redis, keys.dead, {most: 10_000})) {
    found.push(...page.map(({member}) => member.toString()))
    await context.redis.zadd(keys.dead, 1.8e12 + found.length, `later ${found.length}`)
  }
  expect(found).toEqual(expected)
})
