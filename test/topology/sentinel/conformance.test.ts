import {afterAll, beforeAll, describe} from 'vitest'
import {describeEngine} from '../../queue/conformance.ts'
import {listUnderTest} from '../../queue/list/under-test.ts'
import {SHARDED_UNDER_TEST} from '../../queue/shards/under-test.ts'
import {STREAM_UNDER_TEST} from '../../queue/stream/under-test.ts'
import {ZSET_UNDER_TEST} from '../../queue/zset/under-test.ts'
import {sentinelReach} from '../../support/sentinel-reach.ts'
import {type SentinelSet, startSentinelSet} from '../../support/sentinel-set.ts'

let set: SentinelSet
beforeAll(async () => {
  set = await startSentinelSet()
})
afterAll(() => set.stop())

const engines = [ZSET_UNDER_TEST, listUnderTest('right'), STREAM_UNDER_TEST, SHARDED_UNDER_TEST]

describe.each(engines)('with Sentinel', (engine) => {
  describeEngine(
    engine,
    sentinelReach(() => set),
  )
})
