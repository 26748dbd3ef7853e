import {describe, expect, it} from 'vitest'
import {parseFilter} from '../../../src/queue/letters/filter-flags.ts'
import type {Letter} from '../../../src/queue/letters/letter.ts'
import type {LetterFilter} from '../../../src/queue/letters/letter-filter.ts'
import {countLetters, LetterScan} from '../../../src/queue/letters/letter-scan.ts'
import {useServers} from '../../support/context.ts'
import {seedLetters} from '../../support/letters.ts'

const context = useServers()
const MIB = 1024 * 1024

const seeds = (count: number) =>
  Array.from({length: count}, (_, i) => ({payload: `{"n":${i}}`, failedAt: 1.7e12 + i}))

async function readAll(key: string, filter: LetterFilter = {}) {
  const scan = new LetterScan(context.redis, key, filter)
  const pages: Letter[][] = []
  for await (const page of scan.pages()) pages.push(page)
  return {scan, pages, letters: pages.flat()}
}

it('holds no more than a few large letters at a time, also where they come unexpectedly', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, seeds(600))
  for (let i = 0; i < 30; i++) await context.redis.zadd(at.keys.dead, 2e12 + i, `${i}${'x'.repeat(MIB)}`)
  await context.redis.zadd(at.keys.dead, 3e12, 'last')
  const {pages, letters} = await readAll(at.keys.dead)
  expect(letters.map(({score}) => score)).toHaveLength(631)
  expect(letters.at(-1)?.member.toString()).toBe('last')
  const bytes = pages.map((page) => page.reduce((sum, {member}) => sum + member.length, 0))
  expect(Math.max(...bytes)).toBeLessThan(2.3 * MIB)
})

it('steps over nothing where somebody else takes letters away', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, seeds(3000))
  const scan = new LetterScan(context.redis, at.keys.dead)
  const seen = new Set<string>()
  for await (const page of scan.pages()) {
    for (const letter of page) seen.add(letter.id)
    await context.redis.zremrangebyrank(at.keys.dead, '0', '199')
  }
  expect(seen.size).toBe(3000)
})

it('reads letters of one moment page by page', async () => {
  const at = context.newQueue()
  await seedLetters(
    context,
    at,
    seeds(1700).map((seed) => ({...seed, failedAt: 1.7e12})),
  )
  const {letters} = await readAll(at.keys.dead)
  expect(new Set(letters.map(({id}) => id)).size).toBe(1700)
})

it('knows scores without an end', async () => {
  const at = context.newQueue()
  await context.redis.zadd(at.keys.dead, '-inf', 'a', 1.7e12, 'b', '+inf', 'c')
  const {letters} = await readAll(at.keys.dead)
  expect(letters.map(({score}) => score)).toEqual([
    1.7e12,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ])
  expect((await readAll(at.keys.dead, {sinceMs: 1})).letters).toHaveLength(1)
  expect((await readAll(at.keys.dead, {beforeMs: 1})).letters).toHaveLength(0)
})

describe('a filter by time', () => {
  it('lets Redis leave out the others', async () => {
    const at = context.newQueue()
    await seedLetters(context, at, seeds(2000))
    const {scan, letters} = await readAll(at.keys.dead, {sinceMs: 1.7e12 + 1990})
    expect(letters).toHaveLength(10)
    expect(scan.read).toBe(10)
    expect((await readAll(at.keys.dead, {beforeMs: 1.7e12 + 5})).scan.read).toBe(5)
  })

  it('means seconds and milliseconds alike', async () => {
    const at = context.newQueue()
    for (const second of [1_700_000_000, 1_700_000_010, 1_700_000_020])
      await context.redis.zadd(at.keys.dead, second, `s${second}`, second * 1000, `ms${second}`)
    const {letters} = await readAll(at.keys.dead, {sinceMs: 1_700_000_010_000, beforeMs: 1_700_000_020_000})
    expect(letters.map(({member}) => member.toString())).toEqual(['s1700000010', 'ms1700000010'])
  })
})

it('counts, and says how far it has come', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, seeds(1200))
  const read: number[] = []
  const options = {
    filter: parseFilter({reason: 'invalid'}, 0),
    onProgress: (count: number) => read.push(count),
  }
  expect(await countLetters(context.redis, at.keys.dead, options)).toBe(0)
  expect(read).toEqual([500, 1000, 1200])
})
