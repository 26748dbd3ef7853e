import {describe, expect, it} from 'vitest'
import {joinRecent, lastMinuteOf, recentOf} from '../../src/queue/recent.ts'

/** A moment in the middle of a step of 5 s. */
const NOW = 1_800_000_002_500

const counters = {enqueued: '1000', inserted: '600', already_there: '40', dead_lettered: '60'}

function recent(fields: Record<string, string>, ready = 7) {
  return recentOf(Object.entries({...counters, ...fields}), {nowMs: NOW, ready})
}

describe('the last minute of a queue', () => {
  it('is what the counters gained since the oldest note of it', () => {
    const found = recent({
      // 70 s old: nothing of it counts, though its place was not needed since
      'recent:0': `${NOW - 70_000} 1 1 1 900`,
      'recent:3': `${NOW - 50_000} 400 100 10 300`,
      'recent:7': `${NOW - 10_000} 900 650 50 250`,
    })
    // 60 s, and the 2.5 s of the step under way
    expect(found).toMatchObject({seconds: 62.5, in: 600, out: 600, refused: 50})
    expect(lastMinuteOf(found)).toEqual({inPerSecond: 9.6, outPerSecond: 9.6, refusedPerSecond: 0.8})
    expect(found?.ready).toEqual([
      {atMs: NOW - 50_000, items: 300},
      {atMs: NOW - 10_000, items: 250},
      {atMs: NOW, items: 7},
    ])
  })

  it('is nothing where only older notes are left', () => {
    expect(recent({'recent:0': `${NOW - 70_000} 1 1 1 900`})).toMatchObject({in: 0, out: 0, refused: 0})
  })

  it('is unknown where nobody keeps notes', () => {
    expect(recent({})).toBeUndefined()
    expect(lastMinuteOf(undefined)).toBeNull()
  })

  it('has no ready items where they were not counted', () => {
    expect(recent({'recent:3': `${NOW - 5000} 400 100 10 -`})?.ready).toEqual([])
  })

  it('of a queue that is spread is that of its shards together, at the moments of all', () => {
    const [one, two] = [
      recent({'recent:3': `${NOW - 50_000} 900 600 0 10`}, 4),
      recent({'recent:4': `${NOW - 40_000} 990 690 60 20`}, 5),
    ]
    expect(joinRecent([one, two].flatMap((each) => each ?? []))).toMatchObject({
      in: 110,
      out: 110,
      refused: 60,
      ready: [
        {atMs: NOW - 50_000, items: 30},
        {atMs: NOW - 40_000, items: 30},
        {atMs: NOW, items: 9},
      ],
    })
  })
})
