import {describe, expect, it} from 'vitest'
import {FROM_THE_FIRST, type Meeting, openMeeting} from '../../src/queue/meeting.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

const KEPT_MS = 20_000

async function newMeeting(): Promise<{meeting: Meeting; name: string}> {
  const {queue: name} = context.newQueue()
  return {meeting: await openMeeting(context.redis, name), name}
}

const keysOf = (name: string) => context.redis.keys(`*${name}*`)

describe('a meeting', () => {
  it('is begun by one only, who may say so twice', async () => {
    const {meeting} = await newMeeting()
    expect(await meeting.plan()).toBeNull()
    expect(await meeting.begin('a', KEPT_MS)).toBe(true)
    expect(await meeting.begin('a', KEPT_MS)).toBe(true)
    expect(await meeting.begin('b', KEPT_MS)).toBe(false)
    expect(await meeting.plan()).toBe('a')
    await meeting.end()
  })

  it('numbers its members in order, and those who join twice once', async () => {
    const {meeting} = await newMeeting()
    expect(await meeting.join('x', 'X')).toBeUndefined()
    await meeting.begin('plan', KEPT_MS)
    expect([
      await meeting.join('x', 'X'),
      await meeting.join('y', 'Y'),
      await meeting.join('x', 'X'),
    ]).toEqual([0, 1, 0])
    expect(await meeting.members(5)).toEqual(['X', 'Y'])
    expect(await meeting.members(1)).toEqual(['X'])
    await meeting.end()
  })

  it('tells everybody everything, in order, also who listens later', async () => {
    const {meeting} = await newMeeting()
    await meeting.tell('one', KEPT_MS)
    await meeting.tell('two', KEPT_MS)
    const all = await meeting.hear(FROM_THE_FIRST, 1)
    expect(all.map(({text}) => text)).toEqual(['one', 'two'])
    expect(await meeting.hear(all[1].at, 1)).toEqual([])
    expect((await meeting.hear(all[0].at, 1)).map(({text}) => text)).toEqual(['two'])
    await meeting.end()
  })

  it('collects reports until it is over, and leaves nothing', async () => {
    const {meeting, name} = await newMeeting()
    await meeting.begin('plan', KEPT_MS)
    await meeting.tell('hello', KEPT_MS)
    expect(await meeting.report(1, 'second')).toBe(true)
    expect([await meeting.reporters(), await meeting.reports(2)]).toEqual([[1], ['second']])
    await meeting.end()
    expect(await meeting.report(0, 'too late')).toBe(false)
    expect(await keysOf(name)).toEqual([])
  })

  it('ends by itself after a crash', async () => {
    const {meeting, name} = await newMeeting()
    await meeting.begin('plan', KEPT_MS)
    await meeting.tell('hello', KEPT_MS)
    const left = await Promise.all((await keysOf(name)).map((key) => context.redis.pttl(key)))
    expect(left).toHaveLength(2)
    for (const ms of left) expect(ms > KEPT_MS - 10_000 && ms <= KEPT_MS).toBe(true)
    await meeting.end()
  })
})
