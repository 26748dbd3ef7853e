import {afterAll, beforeAll} from 'vitest'
import {describeEngine} from '../../queue/conformance.ts'
import {ZSET_UNDER_TEST} from '../../queue/zset/under-test.ts'
import {sentinelReach} from '../../support/sentinel-reach.ts'
import {type SentinelSet, startSentinelSet} from '../../support/sentinel-set.ts'

let set: SentinelSet
beforeAll(async () => {
  set = await startSentinelSet()
})
afterAll(() => set.stop())

describeEngine(
  ZSET_UNDER_TEST,
  sentinelReach(() => set),
)
