import {afterAll, beforeAll, describe} from 'vitest'
import {describeEngine} from '../../queue/conformance.ts'
import {listUnderTest} from '../../queue/list/under-test.ts'
import {SHARDED_UNDER_TEST} from '../../queue/shards/under-test.ts'
import {STREAM_UNDER_TEST} from '../../queue/stream/under-test.ts'
import {ZSET_UNDER_TEST} from '../../queue/zset/under-test.ts'
import {startTestCluster, type TestCluster} from '../../support/cluster.ts'
import {clusterReach} from '../../support/cluster-reach.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster.stop())

const reach = clusterReach(() => cluster)
describeEngine(ZSET_UNDER_TEST, reach)
for (const engine of [listUnderTest('left'), STREAM_UNDER_TEST])
  describeEngine(engine, reach, {connections: false})
describe('spread over slots', () => {
  describeEngine(
    SHARDED_UNDER_TEST,
    clusterReach(() => cluster, SHARDED_UNDER_TEST.keysOf),
  )
})
