import {describe, expect, it} from 'vitest'
import {BUCKETS, bucketOf, topOf} from '../../../src/bench/measure/buckets.ts'

const ALL = Array.from({length: BUCKETS}, (_, bucket) => ({
  bucket,
  from: bucket === 0 ? 0 : topOf(bucket - 1) + 1,
  to: topOf(bucket),
}))

describe('buckets', () => {
  it('follow one another without a gap, up to 2^32', () => {
    expect(ALL.filter(({bucket, from, to}) => bucketOf(from) !== bucket || bucketOf(to) !== bucket)).toEqual(
      [],
    )
    expect(ALL.at(-1)?.to).toBe(2 ** 32 - 1)
  })

  it('are at most 0.1 % wide', () => {
    expect(ALL.filter(({from, to}) => to - from > 0.001 * from)).toEqual([])
  })
})
