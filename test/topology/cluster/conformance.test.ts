import {afterAll, beforeAll} from 'vitest'
import {describeEngine} from '../../queue/conformance.ts'
import {ZSET_UNDER_TEST} from '../../queue/zset/under-test.ts'
import {startTestCluster, type TestCluster} from '../../support/cluster.ts'
import {clusterReach} from '../../support/cluster-reach.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster.stop())

describeEngine(
  ZSET_UNDER_TEST,
  clusterReach(() => cluster),
)
